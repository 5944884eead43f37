import API
package import Core
package import Domain

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
    /// Nil where it is not known.
    let account: ProviderAccount?
    /// Ids of connections that count something of the same account a second time.
    let overlaps: [String]

    var accountID: String? { account?.id }
    /// Whether its provider has told whose account it is.
    package var knowsAccount: Bool { account != nil }
    var etag: String { "\(revision)" }

    /// Whether a report is to be pulled: neither paused nor deleted, and the record of what the report
    /// is for.
    package func isPulled(_ stream: PullStream) -> Bool {
        pausedAt == nil && deletedAt == nil && recordOf.includes(stream)
    }

    var wire: Connection {
        Connection(
            id: id.text, provider: provider.wire, displayName: displayName,
            health: shownHealth, keyHint: keyHint, backfillFrom: Timestamp(backfillFrom),
            createTime: Timestamp(createdAt), lastSuccessTime: lastSuccessAt.map { Timestamp($0) },
            usageThrough: usageThrough.map { Timestamp($0) },
            costsThrough: costsThrough.map { Timestamp($0) },
            lastError: lastError, pagesRead: pagesRead, etag: etag, labels: labels.wire,
            recordOf: recordOf.wire, pauseTime: pausedAt.map { Timestamp($0) },
            deleteTime: deletedAt.map { Timestamp($0) }, account: account?.wire,
            overlappingConnectionIds: overlaps)
    }

    private var shownHealth: ConnectionHealth {
        if deletedAt != nil { return .deleted }
        return pausedAt != nil ? .paused : health.wire
    }
}
