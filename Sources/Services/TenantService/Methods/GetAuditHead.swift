import API
import Domain
import Postgres
import ServiceRuntime

extension Service {
    func getAuditHead(_ request: GetAuditHeadRequest, _ call: Call) async throws -> AuditHead {
        let (head, isSealed) = try await call.auditSnapshot { transaction in
            try await call.auditChainHead(sealedWith: keyedHash, in: transaction)
        }
        return AuditHead(
            organizationID: OrganizationID(head.organization).text, sequence: head.sequence,
            hash: head.hash, sealed: isSealed)
    }
}
