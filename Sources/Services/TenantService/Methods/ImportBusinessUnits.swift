import API
import Core
import Domain
import ServiceRuntime

extension Service {
    /// All rows or none. A dry run reads and computes the same, and stores nothing.
    func importBusinessUnits(
        _ request: ImportBusinessUnitsRequest, _ call: Call
    ) async throws -> ImportBusinessUnitsResponse {
        let rows = try UnitImport(wire: request)
        let asked = try request.effectiveDate.day("effective_date")
        let organization = try call.organizationID
        let clock = call.clock
        let now = clock.now
        let change: @Sendable (inout UnitRegister) throws -> [BusinessUnitDifference] = {
            try $0.importUnits(rows, from: asked) {
                UnitRegister.Identity(
                    id: BusinessUnitID.make(clock), createTime: now, revision: 1)
            }
        }
        let keys = try await call.keys()
        let differences =
            if request.dryRun {
                try await call.snapshot { transaction in
                    var register = try await UnitRegister.read(
                        of: organization, now: now, keys: keys, in: transaction)
                    return try change(&register)
                }
            } else {
                try await changeUnits(call, change).value
            }
        let changed = Set(differences.map(\.code))
        let unchanged = rows.inputs.filter { !changed.contains($0.code.text) }.count
        return ImportBusinessUnitsResponse(
            differences: differences, unchangedCount: Int32(unchanged))
    }
}
