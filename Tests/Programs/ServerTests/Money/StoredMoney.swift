import Domain
import Foundation
import TestSupport
import Testing

@testable import Postgres

/// What an organization's stored entries come to: one query, which shares nothing with the statements of reports.
/// Entries are append-only, so what it finds is what anybody may ever be shown.
struct StoredMoney: Sendable {
    enum Feed: String, Sendable {
        case events
        case usage
        case bill
    }

    /// An event, or a row of a report, with all that corrects it.
    struct Root: Sendable {
        let feed: Feed
        let id: String
        let seconds: Int64
        /// Of the organization.
        let day: MoneyWindow.Day
        /// By name, as requests have them.
        let values: [String: String]
        let tags: [String: String]
        let picos: Int128
        /// What it counted until another source was found to count of the same call, where nobody reversed it since.
        let suppressed: Int128
        let isUnpriced: Bool
        let providerPicos: Int128
        let requests: Int64
        let tokens: Int64

        func value(_ dimension: String) -> String? {
            if dimension.hasPrefix("tag:") { return tags[String(dimension.dropFirst(4))] }
            return values[dimension].flatMap { $0.isEmpty ? nil : $0 }
        }
    }

    static let dimensions = [
        "provider", "model", "operation", "region", "service_tier", "project", "api_key_id",
        "feature", "customer", "team", "environment", "source", "connection",
        "session", "run", "status", "attempt", "usage_state",
    ]

    let roots: [Root]

    private static let sql = """
        SELECT CASE WHEN r.key LIKE 'tally:report/%/costs' THEN 'bill'
                WHEN r.key LIKE 'tally:report/%' THEN 'usage' ELSE 'events' END,
            r.id, extract(epoch FROM r.time)::bigint::text, r.picos::text, r.suppressed::text,
            r.is_unpriced::text, r.provider_picos::text, d.tags::text,
            d.provider, d.model, d.operation, d.region, d.service_tier, d.project, d.api_key_id,
            d.feature, d.customer, d.team, d.environment, d.source, d.connection_id::text,
            r.session, r.run, r.status, r.attempt, r.usage_state, r.requests::text, r.tokens::text
        FROM (
            SELECT e.org_id, coalesce(e.root_entry_id, e.entry_id) AS root,
                min(e.source) FILTER (WHERE e.root_entry_id IS NULL) AS key,
                min(e.event_id) FILTER (WHERE e.root_entry_id IS NULL) AS id,
                min(e.event_time) AS time, coalesce(sum(e.amount_picos), 0) AS picos,
                CASE WHEN (array_agg(e.reason ORDER BY e.correction_no DESC NULLS LAST))[1]
                        LIKE ANY (ARRAY['Another source told%', 'A higher-ranked source tells%'])
                    THEN -coalesce((array_agg(
                        e.amount_picos ORDER BY e.correction_no DESC NULLS LAST))[1], 0)
                    ELSE 0 END AS suppressed,
                (array_agg(e.amount_picos IS NULL ORDER BY e.correction_no DESC NULLS LAST))[1]
                    AS is_unpriced,
                coalesce(sum(e.provider_cost_picos), 0) AS provider_picos,
                min(e.dimension_set_id) FILTER (WHERE e.root_entry_id IS NULL) AS set,
                min(e.session) FILTER (WHERE e.root_entry_id IS NULL) AS session,
                min(e.run) FILTER (WHERE e.root_entry_id IS NULL) AS run,
                sum(e.requests) AS requests,
                sum(coalesce(e.input, 0) + coalesce(e.cache_read, 0) + coalesce(e.output, 0)
                    + coalesce(e.reasoning, 0)) AS tokens,
                -- What a report tells is of no single call.
                (ARRAY['ok', 'error', 'aborted'])[
                    min(e.status) FILTER (
                        WHERE e.root_entry_id IS NULL AND e.source NOT LIKE 'tally:%')] AS status,
                nullif(min(e.attempt) FILTER (WHERE e.root_entry_id IS NULL), 0)::text AS attempt,
                (ARRAY['reported', 'partial', 'missing', 'pending'])[
                    (CASE WHEN bool_or(e.source LIKE 'tally:%') THEN NULL ELSE 1 END) * (array_agg(e.usage_state ORDER BY e.correction_no DESC NULLS LAST))[1]]
                    AS usage_state
            FROM ledger_entries AS e
            GROUP BY 1, 2
        ) AS r
        JOIN dimension_sets AS d ON d.org_id = r.org_id AND d.id = r.set
        ORDER BY r.root
        """

    static func read(_ database: ScratchDatabase) async throws -> StoredMoney {
        let session = try await database.session()
        let rows = try await session.texts(sql)
        await session.close()
        return StoredMoney(
            roots: try rows.map { row in
                let texts = row.map { $0 ?? "" }
                let tags = try JSONSerialization.jsonObject(with: Data(texts[7].utf8))
                let seconds = try #require(Int64(texts[2]))
                return Root(
                    feed: try #require(Feed(rawValue: texts[0])), id: texts[1],
                    seconds: seconds, day: MoneyWindow.day(seconds),
                    values: Dictionary(
                        zip(dimensions, texts[8...]), uniquingKeysWith: { first, _ in first }),
                    tags: try #require(tags as? [String: String]),
                    picos: try #require(Int128(texts[3])),
                    suppressed: try #require(Int128(texts[4])), isUnpriced: texts[5] == "true",
                    providerPicos: try #require(Int128(texts[6])),
                    requests: try #require(Int64(texts[texts.count - 2])),
                    tokens: try #require(Int64(texts[texts.count - 1])))
            })
    }

    /// Those that count on a basis, and what passes.
    func counted(
        _ basis: Basis, _ window: MoneyWindow, where passes: (Root) -> Bool = { _ in true }
    ) -> [Root] {
        roots.filter { root in
            guard window.contains(root.day), passes(root) else { return false }
            return switch (basis, root.feed) {
            case (.metered, .bill), (.billed, .events), (.billed, .usage): false
            case (.metered, _), (.billed, .bill), (.effective, .events), (.effective, .bill): true
            // What is billed counts as its bill says, as far as that was read.
            case (.effective, .usage): root.seconds >= MoneyBench.billedThrough
            }
        }
    }
}

extension Sequence<StoredMoney.Root> {
    var picos: Int128 { reduce(0) { $0 + $1.picos } }

    var requests: Int64 { reduce(0) { $0 + $1.requests } }

    var tokens: Int64 { reduce(0) { $0 + $1.tokens } }

    var unpriced: Int64 { reduce(0) { $0 + ($1.isUnpriced ? 1 : 0) } }

    /// By the values of some dimensions; what comes to nothing and lacks no price is left out.
    func sums(by dimensions: [String]) -> [[String?]: Int128] {
        Dictionary(grouping: self) { root in dimensions.map(root.value) }.mapValues(\.picos)
            .filter { $0.value != 0 }
    }
}

/// Days of the organization's calendar, worked out by Foundation's.
struct MoneyWindow: Sendable, CustomStringConvertible {
    struct Day: Hashable, Comparable, Sendable, CustomStringConvertible {
        let year: Int
        let month: Int
        let day: Int

        var description: String {
            "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
        }

        static func < (left: Day, right: Day) -> Bool {
            (left.year, left.month, left.day) < (right.year, right.month, right.day)
        }
    }

    let first: Day
    let last: Day

    var description: String { "\(first) to \(last)" }

    static let zone = "Europe/Berlin"

    private static let calendar = {
        var calendar = Calendar(identifier: .gregorian)
        if let berlin = TimeZone(identifier: zone) { calendar.timeZone = berlin }
        return calendar
    }()

    static func day(_ seconds: Int64) -> Day {
        let parts = calendar.dateComponents(
            [.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
        return Day(year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0)
    }

    func contains(_ day: Day) -> Bool { (first...last).contains(day) }
}
