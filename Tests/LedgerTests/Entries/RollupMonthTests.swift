import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Reports that read whole months say what the entries do.
struct RollupMonthTests {
    private typealias Fixture = LedgerFixture

    /// 2026-07-01.
    private static let start = Instant(seconds: 1_782_864_000)
    private static let quarterCount: Int64 = 96 * 123
    /// Hours that days of zones begin before those of UTC, some of them not whole.
    private static let offsets = [0, 1, 2, -5, 14, 5.75, -3.5]

    private static func at(_ quarters: Int64) -> Instant {
        start.advanced(bySeconds: quarters * 900)
    }

    private struct Writing {
        let fixture: Fixture
        let organization: OrganizationID
        var random: SeededRandom
        var count = 0

        /// Events of any time of four months, and corrections of some.
        mutating func step() async throws {
            let events = (0..<8).map { number in
                Fixture.event(
                    "\(count + number)",
                    model: ["gpt-6-sol", "unknown"].randomElement(using: &random) ?? "",
                    input: .random(in: 1...900_000, using: &random),
                    time: RollupMonthTests.at(
                        .random(in: 0..<RollupMonthTests.quarterCount, using: &random)),
                    feature: ["", "a", "b"].randomElement(using: &random) ?? "")
            }
            count += events.count
            try await fixture.record(events, organization)
            let changes = (0..<3).map { _ in
                EventChange(
                    source: "gateway", id: "\(Int.random(in: 0..<count, using: &random))",
                    kind: Bool.random(using: &random)
                        ? .reversal
                        : .correction(
                            UsageQuantities([
                                Quantity(.input, .random(in: 0...900, using: &random))
                            ]), .reported), reason: "r")
            }
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys,
                mergeLimit: fixture.mergeLimit)
            let calculator = fixture.calculator
            _ = try await fixture.transaction(organization) {
                try await writer.change(
                    changes, calculator: calculator, in: $0, now: Fixture.now)
            }
        }

        /// Up to three steps of days of a zone, one behind the other.
        mutating func steps() -> [Range<Instant>] {
            let offset = Int64(
                (RollupMonthTests.offsets.randomElement(using: &random) ?? 0) * 4)
            var day = Int64.random(in: -3..<70, using: &random)
            return (0..<Int.random(in: 1...3, using: &random)).map { _ in
                let next = day + .random(in: 1...62, using: &random)
                defer { day = next }
                return RollupMonthTests.at(
                    day * 96 - offset)..<RollupMonthTests.at(next * 96 - offset)
            }
        }

        /// What a report says of each step and feature, and the entries.
        func sums(
            _ steps: [Range<Instant>], now: Instant
        ) async throws -> (report: [String], entries: [String]) {
            let organization = organization
            let window = steps[0].lowerBound..<steps[steps.count - 1].upperBound
            let report = try await fixture.transaction(organization) {
                try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                    $0, organization: organization, keys: fixture.keys, from: window.lowerBound,
                    through: window.upperBound, by: steps, basis: .metered, now: now)
            }
            var sums: [String: [Int128]] = [:]
            for row in report.rows {
                let key = "\(row.start.seconds)|\(row.dimensions.feature)"
                let figures = [
                    row.amount.picos, Int128(row.requests), Int128(row.tokens),
                    Int128(row.unpricedEntries), Int128(row.unpricedTokens),
                ]
                sums[key] = zip(sums[key] ?? [0, 0, 0, 0, 0], figures).map(+)
            }
            let found = sums.filter { $0.value.contains { $0 != 0 } }.map { key, figures in
                ([key] + figures.map { "\($0)" }).joined(separator: "|")
            }
            let values = steps.map { "('\($0.lowerBound.rfc3339)', '\($0.upperBound.rfc3339)')" }
            let entries = try await fixture.rows(
                """
                WITH last AS (
                    SELECT DISTINCT ON (1) coalesce(root_entry_id, entry_id) AS root,
                        amount_picos IS NULL AS is_unpriced
                    FROM ledger_entries ORDER BY 1, coalesce(correction_no, 0) DESC
                )
                SELECT extract(epoch FROM s.begins)::bigint, d.feature,
                    coalesce(sum(e.amount_picos), 0),
                    sum(e.requests), sum(coalesce(e.input, 0) + coalesce(e.output, 0)),
                    count(DISTINCT l.root) FILTER (WHERE l.is_unpriced),
                    coalesce(sum(coalesce(e.input, 0) + coalesce(e.output, 0))
                        FILTER (WHERE l.is_unpriced), 0)
                FROM (VALUES \(values.joined(separator: ", "))) AS v (b, e)
                CROSS JOIN LATERAL (SELECT v.b::timestamptz AS begins, v.e::timestamptz AS ends) AS s
                JOIN ledger_entries AS e ON e.event_time >= s.begins AND e.event_time < s.ends
                JOIN dimension_sets AS d ON d.org_id = e.org_id AND d.id = e.dimension_set_id
                JOIN last AS l ON l.root = coalesce(e.root_entry_id, e.entry_id)
                GROUP BY 1, 2
                HAVING sum(e.amount_picos) <> 0 OR sum(e.requests) <> 0
                    OR sum(coalesce(e.input, 0) + coalesce(e.output, 0)) <> 0
                """)
            return (found.sorted(), entries.sorted())
        }

        /// A worker sums some days of a month; answers whether some may have been left.
        func sumDays(limit: Int = EntryWriter.rollupsSummedMax) async throws -> Bool {
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            let isLeft = try await fixture.transaction(organization, role: "tally_worker") {
                try await writer.clearUnsummedMonth(in: $0)
            }
            guard isLeft else { return false }
            return try await fixture.transaction(organization, role: "tally_worker") {
                try await writer.sumRollupDays(limit: limit, in: $0)
            }
        }

        /// From which day on all are summed.
        func summed() async throws -> String {
            try await fixture.rows(
                """
                SELECT to_char(rollup_months_from AT TIME ZONE 'UTC', 'YYYY-MM-DD') FROM ledger_clocks
                """
            ).joined()
        }
    }

    /// Whatever is written, cut and merged; while months are not summed yet, as after an upgrade; and where a
    /// server of before, which knows of no months, merges between.
    @Test(arguments: [1, 2]) func monthsAreTheSumsOfTheirEntries(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            var writing = Writing(
                fixture: fixture.merging(afterCommits: 5), organization: organization,
                random: SeededRandom(seed: seed))
            for part in 0..<3 {
                for _ in 0..<5 {
                    try await writing.step()
                    // Some of a month at a time, so that a month is cut while more is recorded of it.
                    for _ in 0..<Int.random(in: 0...3, using: &writing.random) {
                        _ = try await writing.sumDays(
                            limit: .random(in: 1...9, using: &writing.random))
                    }
                }
                for round in 0..<8 {
                    let steps = writing.steps()
                    let now = Self.at(.random(in: 0..<Self.quarterCount, using: &writing.random))
                    let (report, entries) = try await writing.sums(steps, now: now)
                    #expect(report == entries, "seed \(seed), \(part), \(round): \(steps)")
                }
                #expect(try await fixture.disagreements() == [])
                switch part {
                case 0:
                    // As the migration leaves an organization that was there before it.
                    try await fixture.run(
                        """
                        SET session_replication_role = replica;
                        DELETE FROM usage_rollups_monthly;
                        UPDATE ledger_clocks SET rollup_months_from = 'infinity',
                            rollup_months_merged_through = '-infinity'
                        """)
                default:
                    // As a server of before leaves one: these are not what their days come to.
                    try await fixture.run(
                        """
                        UPDATE usage_rollups_monthly SET requests = requests + 1, entries = 0;
                        UPDATE ledger_clocks SET rollup_months_merged_through = '-infinity'
                        """)
                }
            }
        }
    }

    /// As the migration leaves an organization of which nothing was merged before: with nothing, with what is not
    /// merged yet, and after its first merge.
    @Test func nothingMergedBeforeAnUpgradeIsReported() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            try await fixture.run("UPDATE ledger_clocks SET rollup_months_from = 'infinity'")
            #expect(
                try await fixture.rows(
                    "SELECT rollup_months_merged_through, rollups_merged_through FROM ledger_clocks"
                )
                    == ["-infinity|-infinity"])
            let writing = Writing(
                fixture: fixture, organization: organization, random: SeededRandom(seed: 1))
            let july = [Self.at(0)..<Self.at(31 * 96)]
            #expect(try await writing.sums(july, now: Fixture.now).report == [])
            try await fixture.record([Fixture.event("a", time: Self.at(96))], organization)
            var (report, entries) = try await writing.sums(july, now: Fixture.now)
            #expect(report == entries && report.count == 1)
            try await fixture.merging(afterCommits: 1).record(
                [Fixture.event("b", time: Self.at(97))], organization)
            (report, entries) = try await writing.sums(july, now: Fixture.now)
            #expect(report == entries && report.count == 1)
        }
    }

    /// At most one month at a time, the newest first, until none is left; those who record sum none.
    @Test func workersSumOneMonthAtATime() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let merging = fixture.merging(afterCommits: 1)
            let writing = Writing(
                fixture: merging, organization: organization, random: SeededRandom(seed: 1))
            // July, August and October.
            let times = [Self.at(0), Self.at(40 * 96), Self.at(100 * 96)]
            try await merging.record(
                times.map { Fixture.event("\($0.seconds)", time: $0) }, organization)
            #expect(try await fixture.rows("SELECT count(*) FROM usage_rollups_monthly") == ["3"])
            try await fixture.run(
                """
                SET session_replication_role = replica;
                DELETE FROM usage_rollups_monthly;
                UPDATE ledger_clocks SET rollup_months_from = 'infinity'
                """)
            var summed: [String] = []
            for number in 0..<4 {
                try await merging.record([Fixture.event("\(number)", time: times[1])], organization)
                if number == 0 {
                    #expect(
                        try await fixture.rows("SELECT rollup_months_from FROM ledger_clocks")
                            == ["infinity"])
                }
                #expect(try await writing.sumDays())
                summed.append(try await writing.summed())
                #expect(try await fixture.disagreements() == [])
            }
            #expect(Array(summed.prefix(3)) == ["2026-10-01", "2026-08-01", "2026-07-01"])
            #expect(try await !writing.sumDays())
            #expect(
                try await fixture.rows("SELECT rollup_months_from FROM ledger_clocks")
                    == ["-infinity"])
            // A report reads them now, and nothing else.
            try await fixture.run("UPDATE usage_rollups_monthly SET requests = requests + 100")
            let august = [Self.at(31 * 96)..<Self.at(62 * 96)]
            let (report, _) = try await writing.sums(august, now: Fixture.now)
            #expect(report.count == 1 && report[0].contains("|105|"))
        }
    }

    /// However much a month is, its writers wait for a few days of it, and what they add meanwhile is in it once.
    @Test func aLargeMonthIsSummedSomeDaysAtATime() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let merging = fixture.merging(afterCommits: 1)
            let writing = Writing(
                fixture: merging, organization: organization, random: SeededRandom(seed: 1))
            let record = { (day: Int64, name: String, features: [String]) async throws in
                _ = try await merging.record(
                    features.map {
                        Fixture.event("\(day)\(name)\($0)", time: Self.at(day * 96), feature: $0)
                    }, organization)
            }
            // Of July: one roll-up on the 11th, three on each of the 12th and 13th, nine on the 20th.
            try await record(10, "", ["a"])
            for day in [11, 12] as [Int64] { try await record(day, "", ["a", "b", "c"]) }
            try await record(19, "", (0..<9).map { "\($0)" })
            // Months of before are not what their days come to, and of one there is nothing else.
            try await fixture.run(
                """
                UPDATE usage_rollups_monthly SET requests = requests + 1, entries = 77;
                UPDATE ledger_clocks SET rollup_months_from = 'infinity'
                """)
            let july = [Self.at(0)..<Self.at(31 * 96)]
            var summed: [String] = []
            for part in 0..<4 {
                // Of days that are summed, of those that are not, and of sets that are new to the month.
                for day in [10, 12, 19] as [Int64] {
                    try await record(day, "more\(part)", ["a", "c"])
                }
                #expect(try await writing.sumDays(limit: 6))
                summed.append(try await writing.summed())
                let (report, entries) = try await writing.sums(july, now: Fixture.now)
                #expect(report == entries && report.count > 9)
                #expect(try await fixture.disagreements() == [])
            }
            // A day that has more than the limit comes alone; the two before it have as many as that, together.
            #expect(summed == ["2026-07-20", "2026-07-12", "2026-07-01", "null"])
            #expect(try await !writing.sumDays(limit: 6))
            // It is whole: a report reads it and no day of it.
            try await fixture.run("UPDATE usage_rollups_daily SET requests = requests + 100")
            let (report, entries) = try await writing.sums(july, now: Fixture.now)
            #expect(report == entries)
        }
    }
}
