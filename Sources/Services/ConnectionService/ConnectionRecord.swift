import API
package import Core
package import Domain
import ServiceRuntime

/// A connection with how far its reports were read, as stored.
package struct ConnectionRecord: Sendable, Hashable {
    package let id: ConnectionID
    package let provider: ConnectedProvider
    package internal(set) var displayName: String
    let keyHint: String
    package let backfillFrom: Instant
    let createdAt: Instant
    package let health: PullHealth
    package let lastSuccessAt: Instant?
    /// In words, with the remedy; empty while healthy.
    package let lastError: String
    package let pagesRead: Int64
    package let usageThrough: Instant?
    package let costsThrough: Instant?
    /// Grows with each change that somebody makes.
    var revision: Int64
    var labels: ConnectionLabels
    package internal(set) var recordOf: RecordKind
    var pausedAt: Instant?
    var deletedAt: Instant?
    /// Nil where it is not known. Its name is that of one stored before names were sealed, else empty.
    let account: ProviderAccount?
    /// Ids of connections that count something of the same account a second time.
    let overlaps: [String]
    /// The account's name; empty where there is none, or none that is sealed.
    let sealedAccountName: [UInt8]

    var accountID: String? { account?.id }
    var etag: String { "\(revision)" }

    /// Whether a report is to be pulled: neither paused nor deleted, and the record of what the report
    /// is for.
    package func isPulled(_ stream: PullStream) -> Bool {
        pausedAt == nil && deletedAt == nil && recordOf.includes(stream)
    }

    /// - Throws: `SEALED_TEXT_UNREADABLE`.
    func wire(_ keys: OrganizationKeys) throws -> Connection {
        let name = try keys.accountName(sealedAccountName, connection: id.text)
        let account = account.map {
            ConnectionAccount(id: $0.id, displayName: name.isEmpty ? $0.name : name)
        }
        return Connection(
            id: id.text, provider: provider.wire, displayName: displayName,
            health: shownHealth, keyHint: keyHint, backfillFrom: Timestamp(backfillFrom),
            createTime: Timestamp(createdAt), lastSuccessTime: lastSuccessAt.map { Timestamp($0) },
            usageThrough: usageThrough.map { Timestamp($0) },
            costsThrough: costsThrough.map { Timestamp($0) },
            lastError: lastError, pagesRead: pagesRead, etag: etag, labels: labels.wire,
            recordOf: recordOf.wire, pauseTime: pausedAt.map { Timestamp($0) },
            deleteTime: deletedAt.map { Timestamp($0) }, account: account,
            overlappingConnectionIds: overlaps)
    }

    private var shownHealth: ConnectionHealth {
        if deletedAt != nil { return .deleted }
        return pausedAt != nil ? .paused : health.wire
    }
}
