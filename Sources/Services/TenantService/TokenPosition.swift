import Core
import ServiceRuntime

/// A token's place in the list of tokens: newest first, then by id.
struct TokenPosition: Sendable, Hashable {
    let createTime: Instant
    let id: String

    init(createTime: Instant, id: String) {
        self.createTime = createTime
        self.id = id
    }

    /// Reads what `key` wrote; `PAGE_TOKEN_INVALID` for anything else.
    init(key: String) throws(ServiceError) {
        let parts = key.split(separator: " ", omittingEmptySubsequences: false)
        // Whoever forges a page token may write any number here.
        guard parts.count == 2, let microseconds = Int64(parts[0]),
            Instant.calendarRange.contains(Instant(microseconds: microseconds))
        else { throw PageToken.invalid }
        self.init(createTime: Instant(microseconds: microseconds), id: String(parts[1]))
    }

    var key: String { "\(createTime.microseconds) \(id)" }
}
