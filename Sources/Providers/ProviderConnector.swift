package import Core

/// Reads one provider account's usage and costs, page by page.
///
/// A connector keeps no state between pages and never retries: the caller owns window, cursor and
/// patience. Every page of a window repeats all parameters of the first. Errors say what to do.
package protocol ProviderConnector: Sendable {
    static var provider: ProviderName { get }

    /// Hourly usage by the finest dimensions the provider gives.
    func fetchUsage(
        _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<NormalizedUsage>

    /// What the provider charges, by UTC day and the finest cells of its bill.
    func fetchCosts(
        _ window: ReportWindow, cursor: String?
    ) async throws(ProviderError) -> ReportPage<NormalizedCharge>
}

/// A provider as the price catalogue, the database and the contract's `PROVIDER_…` name it.
package struct ProviderName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let openAI = ProviderName(rawValue: "openai")
    package static let anthropic = ProviderName(rawValue: "anthropic")

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

    /// All hours that touch `from` ..< `through`.
    package static func hours(from: Instant, through: Instant) -> ReportWindow {
        snapped(from, through, seconds: 3600)
    }

    /// All UTC days that touch `from` ..< `through`.
    package static func days(from: Instant, through: Instant) -> ReportWindow {
        snapped(from, through, seconds: 86_400)
    }

    private static func snapped(
        _ from: Instant, _ through: Instant, seconds: Int64
    ) -> ReportWindow {
        ReportWindow(
            from: from.snappedDown(toSeconds: seconds),
            through: through.advanced(byMicroseconds: seconds * 1_000_000 - 1)
                .snappedDown(toSeconds: seconds))
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
}
