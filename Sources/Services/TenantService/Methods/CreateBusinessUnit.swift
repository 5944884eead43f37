import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    func createBusinessUnit(
        _ request: CreateBusinessUnitRequest, _ call: Call
    ) async throws -> BusinessUnit {
        let unit = try NewBusinessUnit(wire: request)
        let organization = try call.organizationID
        let id = BusinessUnitID.make(call.clock)
        let now = call.clock.now
        let message = BusinessUnit(
            id: id.text, code: unit.code.text, displayName: unit.displayName.text,
            parentCode: unit.parent?.text ?? "", ownerEmail: unit.ownerEmail?.text ?? "",
            createTime: Timestamp(now))
        try await call.transaction { transaction in
            var parentDepth: Int?
            if let parent = unit.parent {
                // No lock: a unit's place never changes and none is deleted.
                parentDepth = try await transaction.first(
                    SelectBusinessUnitDepth(organization: organization, code: parent))
            }
            try await transaction.insert(
                InsertBusinessUnit(
                    organization: organization, id: id, unit: unit,
                    depth: try unit.depth(parentDepth: parentDepth), createTime: now))
            try call.changed(.businessUnit, message.code, to: message.json())
        }
        return message
    }
}
