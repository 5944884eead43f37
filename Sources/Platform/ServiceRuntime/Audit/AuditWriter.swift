package import Core
import Domain
package import Encryption
package import Postgres

/// Appends the rows of one call to the chain of an organization's audit log.
package struct AuditWriter: Sendable {
    /// Whose rows the transaction writes; all zero for the platform's own.
    private let organization: PostgresUUID
    private let actor: AuditActor
    private let clock: WallClock
    /// Seals the end of the log.
    private let key: KeyedHash
    /// Seal what the rows say of people.
    private let personalKeys: OrganizationKeys

    /// What one statement writes at most, but for its last row.
    private static let rowCountMax = 1000
    private static let byteCountMax = 4 << 20

    /// - Parameter personalKeys: The organization's.
    package init(
        organization: PostgresUUID, actor: AuditActor, clock: WallClock, key: KeyedHash,
        personalKeys: OrganizationKeys
    ) {
        self.organization = organization
        self.actor = actor
        self.clock = clock
        self.key = key
        self.personalKeys = personalKeys
    }

    /// Begins the log of a new organization. Only who makes one begins it: where the beginning is
    /// missing later, somebody took it away.
    package static func begin(
        _ organization: PostgresUUID, key: KeyedHash, in transaction: PostgresTransaction
    ) async throws {
        let head = AuditChainHead(organization: organization)
        try await transaction.execute(InsertAuditChain(head: head, seal: try head.seal(key)))
    }

    /// - Parameter changes: none leave one row, which says that the call was made.
    /// - Returns: Whether the log ended where it was sealed. The call is not to fail for what somebody
    ///   else did to it; who verifies hears of it.
    @discardableResult
    package func write(
        _ changes: [AuditChange], in transaction: PostgresTransaction
    ) async throws -> Bool {
        let (head, isSealed) = try await lock(in: transaction)
        var end = head
        let time = max(clock.now, head.recordedAt)
        let person =
            try personalKeys.areAway ? [] : personalKeys.auditIndex(ofPerson: actor.onBehalfOf)
        var rows: [InsertAuditRows.Hashed] = []
        var byteCount = 0
        let changes = changes.map { Optional($0) }
        for change in changes.isEmpty ? [nil] : changes {
            let row = try row(of: change, by: person, at: time, after: end)
            end.append(row.record, hash: row.hash)
            rows.append(row)
            byteCount += row.sealed.count
            guard rows.count == Self.rowCountMax || byteCount >= Self.byteCountMax else { continue }
            try await insert(rows, in: transaction)
            rows = []
            byteCount = 0
        }
        if !rows.isEmpty { try await insert(rows, in: transaction) }
        let seal = isSealed ? try end.seal(key) : AuditChainHead.brokenSeal
        try await transaction.execute(UpdateAuditChain(head: end, seal: seal))
        return isSealed
    }

    private func insert(
        _ rows: [InsertAuditRows.Hashed], in transaction: PostgresTransaction
    ) async throws {
        try await transaction.execute(
            InsertAuditRows(organization: organization, rows: rows))
    }

    /// Where the log ends, locked until the transaction ends, and whether it was sealed there.
    private func lock(
        in transaction: PostgresTransaction
    ) async throws -> (AuditChainHead, isSealed: Bool) {
        let lock = LockAuditChain(organization: organization)
        var locked = try await transaction.first(lock)
        if locked == nil {
            let head = AuditChainHead(organization: organization)
            try await transaction.execute(
                InsertAuditChain(head: head, seal: AuditChainHead.brokenSeal))
            locked = try await transaction.first(lock)
        }
        guard let (head, seal) = locked else {
            throw PostgresError(.unexpectedValue, message: "the end of the audit chain is missing")
        }
        if try head.isSealed(by: seal, key) { return (head, true) }
        let last = try await transaction.first(SelectLastAuditRow(organization: organization))
        // Rows may stand after an end that somebody moved; the next one follows them all.
        guard let last, last.sequence > head.sequence else { return (head, false) }
        return (last, false)
    }

    private func row(
        of change: AuditChange?, by person: [UInt8], at time: Instant, after head: AuditChainHead
    ) throws -> InsertAuditRows.Hashed {
        let personal = AuditPersonalFields(
            salt: try SecureRandom.bytes(AuditPersonalFields.saltByteCount),
            onBehalfOf: actor.onBehalfOf, before: change?.before ?? "", after: change?.after ?? "",
            peerAddress: actor.peerAddress, peerSubject: actor.peerSubject)
        let hashed = personalKeys.areAway ? AuditPersonalFields.notKept : personal.bytes
        let record = AuditRecord(
            organizationID: OrganizationID(organization).text, sequence: head.sequence + 1,
            id: AuditRecordID.make(clock).text, recordedAt: time, tokenID: actor.tokenID,
            roles: actor.roles, method: actor.method, objectType: change?.object.name ?? "",
            objectID: change?.id ?? "", traceID: actor.traceID,
            personalHash: try SHA256.digest(hashed), previousHash: head.hash,
            onBehalfOfKey: person)
        return InsertAuditRows.Hashed(
            record: record, hash: try SHA256.digest(record.chainBytes),
            sealed: try personalKeys.areAway
                ? [] : personalKeys.seal(personal, ofRow: record.sequence))
    }
}
