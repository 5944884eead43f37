import Core
import Domain
import Encryption
import Logging
import Postgres
import RPC

/// Appends the rows of one call to the chain of an organization's audit log.
struct AuditWriter: Sendable {
    /// Whose rows the transaction writes; all zero for the platform's own.
    let organization: PostgresUUID
    let caller: Caller
    let context: RPCContext
    let clock: WallClock
    /// Seals the end of the log.
    let key: KeyedHash

    /// - Parameter changes: none leave one row, which says that the call was made.
    func write(_ changes: [AuditChange], in transaction: PostgresTransaction) async throws {
        let first = AuditChainHead(organization: organization)
        let locked = try await transaction.first(
            LockAuditChain(head: first, seal: try first.seal(key)))
        guard let (head, seal) = locked else {
            throw PostgresError(.unexpectedValue, message: "the end of the audit chain is missing")
        }
        var end = head
        let changes = changes.map { Optional($0) }
        for change in changes.isEmpty ? [nil] : changes {
            let record = record(of: change, after: end)
            let hash = try SHA256.digest(record.chainBytes)
            try await transaction.execute(
                InsertAuditRow(organization: organization, record: record, hash: hash))
            end.append(record, hash: hash)
        }
        var newSeal = AuditChainHead.brokenSeal
        if try head.isSealed(by: seal, key) {
            newSeal = try end.seal(key)
        } else {
            // The call is not to fail for what somebody else did; who verifies hears of it.
            context.logger.error("The end of the audit log is not the one that was sealed.")
        }
        try await transaction.execute(UpdateAuditChain(head: end, seal: newSeal))
    }

    private func record(of change: AuditChange?, after head: AuditChainHead) -> AuditRecord {
        AuditRecord(
            organizationID: OrganizationID(organization).text, sequence: head.sequence + 1,
            id: AuditRecordID.make(clock).text, recordedAt: max(clock.now, head.recordedAt),
            tokenID: caller.tokenID, roles: caller.roles.names.joined(separator: ","),
            onBehalfOf: caller.onBehalfOf ?? "", method: context.method,
            objectType: change?.object.name ?? "", objectID: change?.id ?? "",
            before: change?.before ?? "", after: change?.after ?? "",
            peerAddress: context.peer.address, peerSubject: context.peer.tlsSubject ?? "",
            traceID: context.traceParent?.traceID ?? "", previousHash: head.hash)
    }
}
