import API
import Core
import Domain
import ServiceRuntime

extension Service {
    /// Checks the mask, the code, the fields of the mask in their order and the day; then, of what
    /// is stored, that the unit exists, the etag, and that a tree remains on every day.
    func updateBusinessUnit(
        _ request: UpdateBusinessUnitRequest, _ call: Call
    ) async throws -> BusinessUnit {
        let mask: Set<UnitField> = try UpdateMask.fields(request.updateMask)
        let row = BusinessUnitRow(
            code: request.code, displayName: request.displayName, parentCode: request.parentCode,
            kind: request.kind, costCenterCode: request.costCenterCode,
            ownerEmail: request.ownerEmail)
        let input = try UnitInput(row, mask: mask)
        let asked = try request.effectiveDate.day("effective_date")
        return try await changeUnit(input.code, call) { register in
            try register.check(etag: request.etag, of: input.code)
            return try register.update(input.code, input.change, from: asked)
        }
    }
}
