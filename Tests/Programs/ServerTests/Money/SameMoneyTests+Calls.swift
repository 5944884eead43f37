import API
import Core
import Domain
import TallyClient
import TestSupport
import Testing

/// Of what only single events tell.
extension SameMoneyTests {
    private static func filter(_ dimension: String, _ values: String...) -> UsageFilter {
        UsageFilter(dimension: dimension, values: values, orAbsent: values.isEmpty)
    }

    static func callSummaries(_ bench: MoneyBench, _ stored: StoredMoney) async throws {
        let cases: [([String], [UsageFilter])] = [
            (["session"], []), (["run", "status"], []), (["attempt", "usage_state"], []),
            (["session", "run", "status", "attempt", "usage_state", "team"], []),
            ([], [filter("session", "s1", "s3")]),
            (["model"], [filter("run"), filter("status", "error", "aborted")]),
            (["session"], [filter("attempt", "2"), filter("team", "alpha")]),
            (["run"], [filter("session")]), ([], [filter("usage_state", "partial")]),
            ([], [filter("session", "nobody")]),
        ]
        for (breakdowns, filters) in cases {
            for window in [MoneyBench.all, MoneyBench.late] {
                let plain = try await bench.owner.call(
                    IngestionServiceMethods.UsageSummary.self,
                    UsageSummaryRequest(
                        from: window.from, through: window.through, basis: .metered))
                let summary = try await bench.owner.call(
                    IngestionServiceMethods.UsageSummary.self,
                    UsageSummaryRequest(
                        from: window.from, through: window.through, breakdowns: breakdowns,
                        filters: filters, limit: 1_000))
                let counted = events(stored, window, filters)
                let what: Comment = "\(window) \(breakdowns) \(filters)"
                #expect(try picos(summary.total?.cost) == counted.picos, what)
                #expect(summary.total?.unpricedEntries == counted.unpriced, what)
                #expect(summary.completeness?.basis == .metered)
                #expect(summary.suppressed == nil)
                #expect(summary.completeness?.sources == plain.completeness?.sources, what)
                let groups = Dictionary(grouping: counted) { breakdowns.map($0.value) }
                var seen: Set<[String?]> = []
                for row in summary.rows {
                    let key = row.values.map { $0.absent ? nil : $0.value }
                    #expect(seen.insert(key).inserted, what)
                    let group = groups[key] ?? []
                    #expect(try picos(row.figures?.cost) == group.picos, "\(what) \(key)")
                    #expect(row.figures?.requests == group.requests, "\(what) \(key)")
                    #expect(row.figures?.tokens == group.tokens, "\(what) \(key)")
                    #expect(row.figures?.unpricedEntries == group.unpriced, "\(what) \(key)")
                }
                let silent = groups.filter { !seen.contains($0.key) }.flatMap(\.value)
                #expect(silent.allSatisfy { $0.picos == 0 && !$0.isUnpriced }, what)
            }
        }
        try await filteredReports(bench, stored)
    }

    private static func events(
        _ stored: StoredMoney, _ window: MoneyWindow, _ filters: [UsageFilter]
    ) -> [StoredMoney.Root] {
        stored.counted(.metered, window) { root in
            filters.allSatisfy { filter in
                root.value(filter.dimension).map(filter.values.contains) ?? filter.orAbsent
            }
        }
    }

    /// Other reports take the same filters.
    private static func filteredReports(_ bench: MoneyBench, _ stored: StoredMoney) async throws {
        let filters = [filter("session", "s1"), filter("status", "ok")]
        let window = MoneyBench.october
        let counted = events(stored, window, filters)
        #expect(counted.picos > 0)
        let trend = try await bench.owner.call(
            IngestionServiceMethods.UsageTrend.self,
            UsageTrendRequest(from: window.from, through: window.through, filters: filters))
        #expect(try picos(trend.total) == counted.picos)
        for point in trend.points {
            let span = try #require(point.startTime).seconds..<#require(point.endTime).seconds
            let within = counted.filter { span.contains($0.seconds) }
            #expect(try picos(point.cost) == within.picos)
        }
        let models = try await bench.owner.call(
            IngestionServiceMethods.TopModels.self,
            TopModelsRequest(from: window.from, through: window.through, filters: filters))
        #expect(try picos(models.total) == counted.picos)
        let coverage = try await bench.owner.call(
            IngestionServiceMethods.TagCoverage.self,
            TagCoverageRequest(from: window.from, through: window.through, filters: filters))
        #expect(try picos(coverage.total?.cost) == counted.picos)
    }
}
