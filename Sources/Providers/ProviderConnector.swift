package import Core

/// Reads one provider account's reports, page by page.
///
/// A new provider is such a type, one line in `ProviderRegistry`, and fixtures. A connector keeps no state between pages and never retries: the caller owns window, cursor and
/// patience. Every page of a window repeats all parameters of the first. Errors say what to do.
package protocol ProviderConnector: Sendable {
    static var provider: ProviderName { get }

    /// Every report that is read of an account, the ones people wait for first; each by the finest
    /// dimensions that the provider gives. One that is added here is read of all accounts, those
    /// connected long before too.
    static var reports: [ProviderReport] { get }

    init(key: Secret<String>, transport: any ProviderTransport)

    /// One page of one of `reports`; its rows are of the report's kind.
    func fetch(
        _ report: ProviderReport, _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<ReportedRow>
}

/// A provider as the price catalogue, the database and the contract's `PROVIDER_…` name it.
package struct ProviderName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let openAI = ProviderName(rawValue: "openai")
    package static let anthropic = ProviderName(rawValue: "anthropic")
    package static let openRouter = ProviderName(rawValue: "openrouter")

    package var description: String { rawValue }
}

/// A span of UTC time asked of a provider, whole buckets: from inclusive, through exclusive.
package struct ReportWindow: Hashable, Sendable {
    package let from: Instant
    package let through: Instant

    package init(from: Instant, through: Instant) {
        self.from = from
        self.through = through
    }

    /// All whole hours, or UTC days, that touch `from` ..< `through`.
    package static func whole(
        _ width: ProviderReport.Width, from: Instant, through: Instant
    ) -> ReportWindow {
        ReportWindow(
            from: from.snappedDown(toSeconds: width.seconds),
            through: through.advanced(byMicroseconds: width.seconds * 1_000_000 - 1)
                .snappedDown(toSeconds: width.seconds))
    }
}

extension Instant {
    fileprivate func snappedDown(toSeconds width: Int64) -> Instant {
        let micros = width * 1_000_000
        let remainder = microseconds % micros
        return Instant(
            microseconds: microseconds - (remainder < 0 ? remainder + micros : remainder))
    }
}

/// One page of a report.
package struct ReportPage<Row: Sendable>: Sendable {
    /// Every bucket the page covers, empty ones too: a row that a bucket had before and lacks now
    /// is a row the provider took back.
    package let buckets: [ReportWindow]
    package let rows: [Row]
    /// Asks for the next page; nil on the last.
    package let nextCursor: String?

    package init(buckets: [ReportWindow], rows: [Row], nextCursor: String?) {
        self.buckets = buckets
        self.rows = rows
        self.nextCursor = nextCursor
    }

    func map<Other: Sendable>(_ change: (Row) -> Other) -> ReportPage<Other> {
        ReportPage<Other>(
            buckets: buckets, rows: rows.map(change), nextCursor: nextCursor)
    }

    /// The page, unless its cursor is the one that asked for it: paging would never end.
    func following(_ cursor: String?) throws(ProviderError) -> ReportPage {
        guard let cursor, nextCursor == cursor else { return self }
        throw ProviderError(.malformed(.cursorDoesNotAdvance))
    }
}
