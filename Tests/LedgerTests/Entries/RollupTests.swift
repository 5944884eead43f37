import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Roll-ups are the sums of their entries at every instant, merged or not, by quarter of an hour and by day.
struct RollupTests {
    private typealias Fixture = LedgerFixture

    private static let day = Instant(seconds: 1_795_046_400)

    /// Writes at random: events of any time, corrections, reversals, reports that change, and bills.
    private struct Writing {
        let fixture: Fixture
        let organization: OrganizationID
        let connection: ConnectionID
        var random: SeededRandom
        var now = Fixture.now
        private var events: [LedgerEvent] = []

        init(_ fixture: Fixture, seed: UInt64) async throws {
            self.fixture = fixture
            organization = try await fixture.makeOrganization()
            connection = try await fixture.makeConnection(
                organization, usageThrough: day.advanced(bySeconds: 3 * 86_400),
                costsThrough: day.advanced(bySeconds: 2 * 86_400))
            random = SeededRandom(seed: seed)
        }

        /// Near the ends of days, half of the time.
        private mutating func time() -> Instant {
            let days = Int64.random(in: 0..<4, using: &random) * 86_400
            let seconds =
                Bool.random(using: &random)
                ? Int64.random(in: -901...901, using: &random)
                : .random(in: 0..<86_400, using: &random)
            return day.advanced(bySeconds: days + seconds)
        }

        private mutating func quantities() -> UsageQuantities {
            var quantities = UsageQuantities([
                Quantity(.input, .random(in: 0...900_000, using: &random)),
                Quantity(.cacheRead, .random(in: 0...900, using: &random)),
            ])
            // Two classes that stand in the same place for each other would show.
            for quantityClass in QuantityClass.tokenClasses
            where Int.random(in: 0..<4, using: &random) == 0 {
                quantities[quantityClass] = .random(in: 1...99_999, using: &random)
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                quantities[.webSearchRequest] = .random(in: 0...3, using: &random)
            }
            return quantities
        }

        mutating func step() async throws {
            now = now.advanced(bySeconds: Int64.random(in: 0...5, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0, 1: try await record()
            case 2: try await change()
            case 3: try await report()
            default: try await bill()
            }
        }

        private mutating func record() async throws {
            var new: [LedgerEvent] = []
            for _ in 0..<Int.random(in: 1...9, using: &random) {
                var event = Fixture.event(
                    "e\(events.count + new.count)",
                    model: ["gpt-6-sol", "unknown", "gpt-4o"].randomElement(using: &random) ?? "",
                    time: time(), feature: Bool.random(using: &random) ? "f" : "")
                event.quantities = quantities()
                new.append(event)
            }
            try await fixture.record(new, organization, now: now)
            events += new
        }

        private mutating func change() async throws {
            var changes: [EventChange] = []
            for _ in 0..<3 {
                guard let event = events.randomElement(using: &random) else { return }
                let kind: EventChange.Kind =
                    Bool.random(using: &random)
                    ? .reversal : .correction(quantities(), .reported)
                changes.append(
                    EventChange(source: "gateway", id: event.id, kind: kind, reason: "r"))
            }
            let (asked, time, fixture) = (changes, now, fixture)
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys,
                mergeLimit: fixture.mergeLimit)
            // As whoever records reports: a session's temporary table is one role's.
            let changed = try await fixture.transaction(organization, role: "tally_worker") {
                try await writer.change(
                    asked, calculator: fixture.calculator, in: $0, now: time)
            }
            fixture.cache.committed(changed.dimensionSets, organization: organization)
        }

        private mutating func report() async throws {
            var rows: [ReportRow] = []
            for hour in Int64(0)..<5 where Bool.random(using: &random) {
                rows.append(
                    ReportRow(
                        time: day.advanced(bySeconds: hour * 7 * 3_600),
                        dimensions: DimensionSet(
                            provider: "openai", model: hour == 2 ? "unknown" : "gpt-4o",
                            serviceTier: "standard", project: "p", source: "openai-usage",
                            connectionID: connection),
                        figures: .usage(quantities(), requests: 3, state: .reported)))
            }
            try await fixture.record(rows, organization, connection, now: now)
        }

        private mutating func bill() async throws {
            let amount = Int64.random(in: 0...9, using: &random)
            let line = ReportRow(
                time: day.advanced(bySeconds: Int64.random(in: 0...2, using: &random) * 86_400),
                dimensions: DimensionSet(
                    provider: "openai", model: "gpt-4o", project: "p", source: "openai-costs",
                    connectionID: connection, lineItem: "gpt-4o, input", chargeClass: .input),
                figures: .charge(try Money("\(amount)", currency: .usd)))
            try await fixture.record([line], organization, connection, now: now)
        }

        /// Merges what is not merged yet, between commits.
        func merge() async throws {
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            try await fixture.transaction(organization) { transaction in
                let lock = LockLedgerClock(organization: writer.organizationUUID)
                let clock = try #require(try await transaction.first(lock))
                try await writer.mergeRollups(
                    through: clock.lastRecordedAt ?? Fixture.now, in: transaction)
            }
        }

        /// What each roll-up comes to, in every column.
        func rollups() async throws -> [String] {
            try await fixture.rows(
                """
                SELECT r::text FROM current_usage_rollups AS r
                ORDER BY bucket_start, dimension_set_id, kind, currency
                """)
        }

        func spend(
            _ window: Range<Instant>, by steps: [Range<Instant>]?, basis: Basis
        ) async throws -> SpendReport {
            let time = now.advanced(bySeconds: 5 * 86_400)
            let organization = organization
            return try await fixture.transaction(organization) {
                try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                    $0, organization: organization, keys: fixture.keys, from: window.lowerBound,
                    through: window.upperBound, by: steps, basis: basis, now: time)
            }
        }
    }

    /// Whatever is written in whichever order, and whenever it is merged.
    @Test(arguments: [1, 2, 3]) func rollupsAreTheSumsOfTheirEntries(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            var writing = try await Writing(
                fixture.merging(afterCommits: Int(seed) * 3), seed: seed)
            for step in 0..<30 {
                try await writing.step()
                #expect(try await fixture.disagreements() == [], "seed \(seed), step \(step)")
                guard Int.random(in: 0..<6, using: &writing.random) == 0 else { continue }
                let before = try await writing.rollups()
                try await writing.merge()
                #expect(try await writing.rollups() == before, "seed \(seed), step \(step)")
                #expect(
                    try await fixture.rows("SELECT r::text FROM usage_rollup_deltas AS r") == [])
            }
            let merged = try await fixture.rows("SELECT count(*) > 9 FROM usage_rollups")
            #expect(merged == ["t"])
        }
    }

    /// A commit that adds too much merges it, alone or with those before it.
    @Test func commitsMergeWhatIsTooMuch() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let unmerged = {
                try await fixture.rows(
                    "SELECT unmerged_commits, unmerged_rollups FROM ledger_clocks")
            }
            let small = fixture.merging(afterCommits: 3)
            var counts: [[String]] = []
            for number in 0..<7 {
                try await small.record([Fixture.event("\(number)")], organization)
                counts.append(try await unmerged())
                #expect(try await fixture.disagreements() == [])
            }
            #expect(counts == [["1|1"], ["2|2"], ["0|0"], ["1|1"], ["2|2"], ["0|0"], ["1|1"]])
            var large = fixture
            large.mergeLimit = UnmergedRollups(commits: .max, rollups: 5)
            let events = (0..<4).map {
                Fixture.event("many-\($0)", time: Self.day.advanced(bySeconds: $0 * 900))
            }
            try await large.record(events, organization)
            #expect(try await unmerged() == ["0|0"])
            #expect(try await fixture.disagreements() == [])
            // One that is not merged yet is kept, whoever asks.
            try await large.record([Fixture.event("last")], organization)
            for role in ["tally_service", "tally_worker"] {
                let error = await #expect(throws: PostgresError.self) {
                    try await fixture.transaction(organization, role: role) {
                        try await $0.execute(
                            DeleteMergedDeltas(
                                organization: PostgresUUID(organization),
                                through: Fixture.now.advanced(bySeconds: 86_400)))
                    }
                }
                #expect(error?.hint == "USAGE_IS_KEPT")
            }
        }
    }

    /// An export gives what a commit added in one part, which must not become too large for it.
    @Test func commitsMergeWhatIsTooMuchForOnePartOfAnExport() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let names = (0..<32).map { "\($0)-" + String(repeating: "x", count: 90) }
            let events = (0..<400).map { number in
                var event = Fixture.event(
                    "\(number)", time: Self.day.advanced(bySeconds: Int64(number) * 900))
                for name in names { event.quantities[QuantityClass(rawValue: name)] = 1 }
                return event
            }
            try await fixture.record(Array(events.prefix(100)), organization)
            #expect(try await fixture.rows("SELECT count(*) FROM usage_rollup_deltas") == ["1"])
            try await fixture.record(Array(events.dropFirst(100)), organization)
            #expect(try await fixture.rows("SELECT count(*) FROM usage_rollup_deltas") == ["0"])
            try await fixture.record([Fixture.event("large", time: Self.day)], organization)
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// Counts have an end; what is recorded does not.
    @Test func countsBeyondTheirEndStopNobody() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let merging = fixture.merging(afterCommits: 1)
            try await merging.record([Fixture.event("first")], organization)
            let before = try await fixture.rows("SELECT amount_picos FROM usage_rollups")
            let session = try await fixture.database.session()
            for table in ["usage_rollups", "usage_rollups_daily"] {
                try await session.execute(
                    """
                    UPDATE \(table) SET input = 576460752303423486, output = 576460752303423486,
                        cache_read = 576460752303423486
                    """)
            }
            try await session.execute(
                "UPDATE usage_rollups_monthly SET tokens = 576460752303423486")
            await session.close()
            for (number, other) in [merging, fixture].enumerated() {
                try await other.record([Fixture.event("next \(number)")], organization)
                for table in ["usage_rollups", "usage_rollups_daily"] {
                    let input = try await fixture.rows("SELECT input FROM \(table)")
                    #expect(input == ["576460752303423487"])
                }
                #expect(
                    try await fixture.rows("SELECT tokens FROM usage_rollups_monthly")
                        == ["576460752303423487"])
                let window =
                    Self.day.advanced(
                        bySeconds: -86_400 * 400)..<Self.day.advanced(bySeconds: 86_400 * 400)
                for steps in [nil, [window]] {
                    let report = try await fixture.transaction(organization) {
                        try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                            $0, organization: organization, keys: fixture.keys,
                            from: window.lowerBound,
                            through: window.upperBound, by: steps, basis: .metered,
                            now: Fixture.now)
                    }
                    #expect(report.rows.count == 1)
                }
            }
            // The money is exact.
            let after = try await fixture.rows(
                "SELECT amount_picos FROM current_usage_rollups")
            let (one, three) = (Int128(before[0]), Int128(after[0]))
            #expect(one.map { $0 * 3 } == three)
        }
    }

    /// Two servers, which know nothing of each other, write the same organization.
    @Test func serversMergeWhatOthersAdded() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for server in 0..<2 {
                    let other = LedgerFixture(
                        database: fixture.database, pool: fixture.pool, keys: fixture.keys,
                        calculator: fixture.calculator,
                        mergeLimit: UnmergedRollups(commits: 2 + server, rollups: .max))
                    group.addTask {
                        for batch in 0..<12 {
                            let events = (0..<5).map {
                                Fixture.event(
                                    "\(server)-\(batch)-\($0)",
                                    time: Self.day.advanced(bySeconds: Int64($0 * 900)))
                            }
                            try await other.record(events, organization)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await fixture.disagreements() == [])
            #expect(
                try await fixture.rows("SELECT sum(entries), count(*) FROM current_usage_rollups")
                    == ["120|5"])
            #expect(try await fixture.rows("SELECT sum(entries) > 99 FROM usage_rollups") == ["t"])
        }
    }

    /// Whoever reads while others write and merge sees each entry once: roll-ups of either kind, and the
    /// sums of a report, are those of the entries of the same snapshot.
    @Test func readersSeeEachEntryOnceWhileItIsMerged() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let small = fixture.merging(afterCommits: 2)
            try await small.record([Fixture.event("first")], organization)
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    for number in 0..<60 {
                        try await small.record([Fixture.event("\(number)")], organization)
                    }
                    return 0
                }
                for isByStep in [false, true] {
                    group.addTask {
                        var seen = 0
                        while seen < 61 {
                            seen = try await Self.requests(
                                of: organization, isByStep: isByStep, fixture)
                        }
                        return seen
                    }
                }
                for try await seen in group { #expect([0, 61].contains(seen)) }
            }
        }
    }

    /// What a report of the day counts, which the entries must, too.
    private static func requests(
        of organization: OrganizationID, isByStep: Bool, _ fixture: Fixture
    ) async throws -> Int {
        let start = UTCDay.floor(Fixture.now)
        let window = start..<start.advanced(bySeconds: 86_400)
        let options = TransactionOptions(
            role: "tally_service", organization: PostgresUUID(organization),
            isolation: .repeatableRead, isReadOnly: true)
        let (entries, rollups, report) = try await fixture.pool.transaction(options) {
            let counts = try #require(
                try await $0.first(CountEntries(organization: PostgresUUID(organization))))
            let report = try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                $0, organization: organization, keys: fixture.keys, from: window.lowerBound,
                through: window.upperBound, by: isByStep ? [window] : nil, basis: .metered,
                now: Fixture.now)
            return (counts.entries, counts.rollups, report)
        }
        let requests = report.rows.reduce(0) { $0 + Int($1.requests) }
        #expect(entries == requests && entries == rollups)
        return entries == requests ? entries : .max
    }

    private struct CountEntries: PostgresStatement {
        let organization: PostgresUUID

        static let sql = """
            SELECT (SELECT count(*) FROM ledger_entries WHERE org_id = $1),
                (SELECT sum(entries)::bigint FROM current_usage_rollups WHERE org_id = $1)
            """

        func bind(into bindings: inout PostgresBindings) { bindings.append(organization) }

        static func decode(_ row: PostgresRow) throws -> (entries: Int, rollups: Int) {
            (try row.int(0), try row.int(1))
        }
    }

    private struct StepKey: Hashable {
        let start: Instant
        let dimensions: DimensionSet
        let currency: Currency
    }

    /// The rows of a report summed by step: amounts and counts.
    private static func sums(
        _ report: SpendReport, by steps: [Range<Instant>]
    ) throws -> [StepKey: [Int128]] {
        var sums: [StepKey: [Int128]] = [:]
        for row in report.rows {
            let step = try #require(steps.first { $0.contains(row.start) })
            let key = StepKey(
                start: step.lowerBound, dimensions: row.dimensions, currency: row.amount.currency)
            let figures = [
                row.amount.picos, Int128(row.requests), Int128(row.tokens),
                Int128(row.unpricedEntries), Int128(row.unpricedTokens),
            ]
            sums[key] = zip(sums[key] ?? [0, 0, 0, 0, 0], figures).map(+)
        }
        return sums
    }

    /// What is read from days, and their rests from quarters of an hour, is what the quarters of an hour come
    /// to: for every basis, any steps, before a merge and after; and so is how complete it is.
    @Test(arguments: [1, 2, 3]) func reportsBySteps(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            var writing = try await Writing(fixture.merging(afterCommits: 11), seed: seed)
            for _ in 0..<25 { try await writing.step() }
            let start = Self.day.advanced(bySeconds: -86_400)
            var windows = [[start..<start.advanced(bySeconds: 7 * 86_400)]]
            for width in [86_400, 86_400 * 2 + 5 * 3_600, 7 * 3_600] as [Int64] {
                let first = start.advanced(
                    bySeconds: 900 * Int64.random(in: 0..<96, using: &writing.random))
                windows.append(
                    (Int64(0)..<5).map {
                        first.advanced(
                            bySeconds: $0 * width)..<first.advanced(bySeconds: ($0 + 1) * width)
                    })
            }
            for isMerged in [false, true] {
                if isMerged { try await writing.merge() }
                for steps in windows {
                    let window = steps[0].lowerBound..<steps[steps.count - 1].upperBound
                    for basis in [Basis.metered, .effective, .billed] {
                        let fine = try await writing.spend(window, by: nil, basis: basis)
                        let coarse = try await writing.spend(window, by: steps, basis: basis)
                        #expect(
                            try Self.sums(fine, by: steps) == Self.sums(coarse, by: steps),
                            "seed \(seed), \(basis), \(window), merged \(isMerged)")
                        #expect(fine.completeness == coarse.completeness, "seed \(seed)")
                        #expect(basis == .billed || coarse.rows.count <= fine.rows.count)
                    }
                }
            }
        }
    }

    @Test func everyStatementFitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                InsertRollupDeltas.self, MergeRollupDeltas.self, DeleteMergedDeltas.self,
                MarkRollupsMerged.self, AdvanceLedgerClock.self, LockLedgerClock.self,
                SelectLedgerEventCount.self,
                SelectRollups.self, SelectSpendSums.self, SelectRecordedRows.self,
                SelectReportedUsage.self, SelectReportedUsageWithoutPrice.self,
                RemoveRollups.self, SelectSummedMonths.self, SumRollupDays.self,
                ClearUnsummedMonth.self,
                RemoveRollupMonths.self, SelectDaysOfUsage.self, SelectHasMonthsLeft.self,
                SelectConnectionReadings.self, SelectConnectionReadingsKnownAt.self,
                RecordConnectionReading.self, RemoveConnectionReadings.self,
                SelectKnownBounds.self, SelectQuartersRecordedAfter.self, SelectSpendKnownAt.self,
                SelectCatalogueKnownAt.self, SelectPriceVersionsThrough.self,
                SelectPriceOverridesKnownAt.self, SelectPriceOverrides.self, EndPriceOverride.self,
            ])
            #expect(faults == [])
        }
    }
}
