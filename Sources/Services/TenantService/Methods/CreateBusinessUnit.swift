import API
import Core
import Domain
import ServiceRuntime

extension Service {
    func createBusinessUnit(
        _ request: CreateBusinessUnitRequest, _ call: Call
    ) async throws -> BusinessUnit {
        let input = try UnitInput(BusinessUnitRow(request), mask: Set(UnitField.allCases))
        let details = try input.details
        let asked = try request.effectiveDate.day("effective_date")
        let identity = UnitRegister.Identity(
            id: BusinessUnitID.make(call.clock), createTime: call.clock.now, revision: 1)
        return try await changeUnit(input.code, call) { register in
            try register.create(input.code, details, from: asked, identity: identity)
        }
    }
}

extension BusinessUnitRow {
    init(_ request: CreateBusinessUnitRequest) {
        self.init(
            code: request.code, displayName: request.displayName, parentCode: request.parentCode,
            kind: request.kind, costCenterCode: request.costCenterCode,
            ownerEmail: request.ownerEmail)
    }
}
