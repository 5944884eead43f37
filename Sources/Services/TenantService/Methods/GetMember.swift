import API
import Core
import Postgres
import ServiceRuntime

extension Service {
    func getMember(_ request: GetMemberRequest, _ call: Call) async throws -> Member {
        let statement = SelectMember(
            organization: try call.organizationID, id: try StoredMember.id(request.id))
        let keys = try await call.keys()
        guard let member = try await call.snapshot({ try await $0.first(statement) }) else {
            throw StoredMember.notFound
        }
        return try member.opened(keys).message
    }
}
