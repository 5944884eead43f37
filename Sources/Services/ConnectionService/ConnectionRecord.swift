import API
package import Core
package import Domain

/// A connection with how far its reports were read, as stored.
package struct ConnectionRecord: Sendable {
    package let id: ConnectionID
    package let provider: ConnectedProvider
    package let displayName: String
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

    var wire: Connection {
        Connection(
            id: id.text, provider: provider.wire, displayName: displayName,
            health: health.wire, keyHint: keyHint, backfillFrom: Timestamp(backfillFrom),
            createTime: Timestamp(createdAt), lastSuccessTime: lastSuccessAt.map { Timestamp($0) },
            usageThrough: usageThrough.map { Timestamp($0) },
            costsThrough: costsThrough.map { Timestamp($0) },
            lastError: lastError, pagesRead: pagesRead)
    }
}
