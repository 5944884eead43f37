import Core
import Domain
import Ledger
import Postgres
import TestSupport
import Testing

struct EntryWriterReportTests {
    private typealias Fixture = LedgerFixture
    private static let day = Instant(seconds: 1_795_046_400)

    private static func usage(
        _ connection: ConnectionID, input: Int64, model: String = "gpt-6-sol", hour: Int64 = 0,
        searches: Int64? = nil
    ) -> ReportRow {
        var quantities = UsageQuantities([Quantity(.input, input)])
        quantities[.webSearchRequest] = searches
        return ReportRow(
            time: day.advanced(bySeconds: hour * 3600),
            dimensions: DimensionSet(
                provider: "openai", model: model, serviceTier: "standard", project: "p",
                source: "openai-usage", connectionID: connection),
            figures: .usage(quantities, requests: 3, state: .reported))
    }

    private static func charge(
        _ connection: ConnectionID, _ amount: String, line: String = "gpt-6-sol, input",
        currency: Currency = .usd
    ) throws -> ReportRow {
        ReportRow(
            time: day,
            dimensions: DimensionSet(
                provider: "openai", model: "gpt-6-sol", project: "p", source: "openai-costs",
                connectionID: connection, lineItem: line, chargeClass: .input),
            figures: .charge(try Money(amount, currency: currency)))
    }

    /// A report read again adds nothing; what changed becomes numbered corrections whose sum is
    /// the difference, and roll-ups follow.
    @Test func changesBecomeCorrections() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let connection = try await fixture.makeConnection(organization)
            let read = { (rows: [ReportRow]) in
                try await fixture.record(rows, organization, connection)
            }
            let first = [
                Self.usage(connection, input: 1_000_000),
                Self.usage(connection, input: 5, hour: 1, searches: 2),
            ]
            #expect(try await read(first) == ReportOutcome(recorded: 2))
            #expect(try await read(first) == ReportOutcome(unchanged: 2))
            let second = [Self.usage(connection, input: 1_500_000), first[1]]
            #expect(try await read(second) == ReportOutcome(corrected: 1, unchanged: 1))
            let third = [Self.usage(connection, input: 250_000), first[1]]
            #expect(try await read(third) == ReportOutcome(corrected: 1, unchanged: 1))
            #expect(try await read(third) == ReportOutcome(unchanged: 2))
            let entries = try await fixture.rows(
                """
                SELECT kind, correction_no, amount_picos, input, requests, price_version_id > 0
                FROM ledger_entries WHERE event_time = '\(Self.day.rfc3339)' ORDER BY entry_id
                """)
            #expect(
                entries == [
                    "1|null|2000000000000|1000000|3|t", "6|1|1000000000000|500000|0|t",
                    "6|2|-2500000000000|-1250000|0|t",
                ])
            #expect(try await fixture.disagreements() == [])
            #expect(
                try await fixture.rows(
                    """
                    SELECT amount_picos, input, entries, requests, last_corrected_at IS NOT NULL
                    FROM current_usage_rollups ORDER BY bucket_start
                    """) == ["500000000000|250000|1|3|t", "20010000000|5|1|3|f"])
        }
    }

    /// Row 7: a cost that becomes known, or unknown, is a correction; the counts follow.
    @Test func unknownCostsBecomeKnownAndBack() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let connection = try await fixture.makeConnection(organization)
            let counted = QuantityClass(rawValue: "unheard_of")
            let row = { (input: Int64, counts: Int64?) in
                var quantities = UsageQuantities([Quantity(.input, input)])
                quantities[counted] = counts
                return ReportRow(
                    time: Self.day,
                    dimensions: DimensionSet(
                        provider: "openai", model: "gpt-6-sol", connectionID: connection),
                    figures: .usage(quantities, requests: 1, state: .reported))
            }
            let state = {
                try await fixture.rows(
                    """
                    SELECT amount_picos, unpriced_entries, unpriced_tokens, input
                    FROM current_usage_rollups
                    """)
            }
            for (input, counts, expected) in [
                (100, nil, "200000000|0|0|100"), (150, 1, "0|1|150|150"), (160, 1, "0|1|160|160"),
                (170, 0, "340000000|0|0|170"), (170, 2, "0|1|170|170"),
                (100, nil, "200000000|0|0|100"),
            ] as [(Int64, Int64?, String)] {
                try await fixture.record([row(input, counts)], organization, connection)
                #expect(try await state() == [expected])
                #expect(try await fixture.disagreements() == [])
            }
        }
    }

    @Test func chargesChangeAmountAndCurrency() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let connection = try await fixture.makeConnection(organization)
            let steps = [
                try Self.charge(connection, "12.5"), try Self.charge(connection, "-3"),
                try Self.charge(connection, "7", currency: .eur),
            ]
            for step in steps { try await fixture.record([step], organization, connection) }
            #expect(
                try await fixture.rows(
                    "SELECT currency, amount_picos, entries FROM current_usage_rollups ORDER BY 1")
                    == ["EUR|7000000000000|0", "USD|0|1"])
            // Two rows of one key within a read add up; a credit is an entry of its own kind.
            let twins = [
                try Self.charge(connection, "-1", line: "credit"),
                try Self.charge(connection, "-2", line: "credit"),
            ]
            #expect(
                try await fixture.record(twins, organization, connection)
                    == ReportOutcome(recorded: 1))
            #expect(
                try await fixture.rows("SELECT amount_picos FROM ledger_entries WHERE kind = 3")
                    == ["-3000000000000"])
        }
    }

    /// A row that the provider takes back costs 0, also where its model has no price; read again,
    /// it stays so, and it may come back.
    @Test(arguments: ["gpt-99", "gpt-6-sol"]) func retractedRowsCostNothing(
        model: String
    ) async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let connection = try await fixture.makeConnection(organization)
            let row = Self.usage(connection, input: 500, model: model)
            let read = { (rows: [ReportRow]) in
                try await fixture.cache.prepareMonths(of: [Self.day]) {
                    try await fixture.transaction(organization, role: "tally_worker", $0)
                }
                let writer = EntryWriter(
                    organization: organization, cache: fixture.cache, keys: fixture.keys)
                return try await fixture.transaction(organization, role: "tally_worker") {
                    let retracted = try await writer.retractions(
                        besides: rows, kind: .providerUsage, of: connection,
                        source: "openai-usage", buckets: [Self.day], width: 3600, in: $0)
                    return try await writer.record(
                        rows + retracted, of: connection, calculator: fixture.calculator,
                        in: $0, now: Fixture.now, checkpoint: { _ in }
                    ).outcome
                }
            }
            let state = """
                SELECT amount_picos, unpriced_entries, unpriced_tokens, requests, input
                FROM current_usage_rollups
                """
            let known = try await {
                _ = try await read([row]); return try await fixture.rows(state)
            }()
            #expect(known == [model == "gpt-99" ? "0|1|500|3|500" : "1000000000|0|0|3|500"])
            #expect(try await read([]) == ReportOutcome(corrected: 1))
            #expect(try await fixture.rows(state) == ["0|0|0|0|0"])
            #expect(try await read([]) == ReportOutcome(unchanged: 1))
            #expect(try await read([row]) == ReportOutcome(corrected: 1))
            #expect(try await fixture.rows(state) == known)
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// A page of one report covers the hours of another's rows, and says nothing of them.
    @Test func onlyRowsOfTheSameReportAreRetracted() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let connection = try await fixture.makeConnection(organization)
            let row = Self.usage(connection, input: 500)
            var dimensions = row.dimensions
            dimensions.source = "openai-usage-embeddings"
            let other = ReportRow(time: row.time, dimensions: dimensions, figures: row.figures)
            try await fixture.record([row, other], organization, connection)
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            let retracted = try await fixture.transaction(organization, role: "tally_worker") {
                try await writer.retractions(
                    besides: [], kind: .providerUsage, of: connection,
                    source: "openai-usage-embeddings", buckets: [Self.day], width: 3600, in: $0)
            }
            #expect(retracted.map(\.dimensions) == [dimensions])
        }
    }

    /// Keys of events and of reports cannot meet, whatever an event's source and id are.
    @Test func eventsNeverTakeAReportsKey() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let connection = try await fixture.makeConnection(organization)
            let row = Self.usage(connection, input: 10)
            try await fixture.record([row], organization, connection)
            let keys = try await fixture.rows("SELECT source, event_id FROM usage_entries")
            let prefix = EntryWriter.reservedSourcePrefix
            #expect(keys.count == 1 && keys[0].hasPrefix("\(prefix)report/\(connection.text)/"))
            // What a sender may say at most: the same without the reserved beginning.
            var event = Fixture.event("\(Self.day.microseconds)/1")
            event.dimensions.source = "\(connection.text)/usage"
            let priced = try PricedEvent(event, calculator: fixture.calculator, keys: fixture.keys)
            // As the worker: a session's batch tables belong to the role that made them.
            try await fixture.cache.prepareMonths(of: [event.time]) {
                try await fixture.transaction(organization, role: "tally_worker", $0)
            }
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            let outcomes = try await fixture.transaction(organization, role: "tally_worker") {
                try await writer.record([priced], in: $0, now: Fixture.now).outcomes
            }
            #expect(outcomes == [.accepted(isUnpriced: false)])
            #expect(
                try await fixture.record(
                    [Self.usage(connection, input: 11)], organization, connection)
                    == ReportOutcome(corrected: 1))
            #expect(
                try await fixture.rows("SELECT kind, input FROM current_usage_rollups ORDER BY 1")
                    == ["1|1000", "2|11"])
        }
    }

    /// Figures that no provider can mean are refused by name and stored nowhere.
    @Test func figuresBeyondTheRangeAreRefused() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let connection = try await fixture.makeConnection(organization)
            let usage = { (input: Int64, requests: Int64) in
                ReportRow(
                    time: Self.day,
                    dimensions: DimensionSet(
                        provider: "openai", model: "gpt-99", connectionID: connection),
                    figures: .usage(
                        UsageQuantities([Quantity(.input, input)]), requests: requests,
                        state: .reported))
            }
            let largest: Int64 = 1_000_000_000_000_000
            let cases: [(rows: [ReportRow], reason: ServiceError.Reason?)] = [
                (
                    [try Self.charge(connection, "1000000000000000.000000000001")],
                    "AMOUNT_OUT_OF_RANGE"
                ),
                (
                    [try Self.charge(connection, "-1000000000000000.000000000001")],
                    "AMOUNT_OUT_OF_RANGE"
                ),
                (
                    [try Self.charge(connection, "99999999999999999999999999")],
                    "AMOUNT_OUT_OF_RANGE"
                ),
                ([usage(largest + 1, 1)], "QUANTITY_OUT_OF_RANGE"),
                ([usage(1, largest + 1)], "QUANTITY_OUT_OF_RANGE"),
                ([usage(1, -1)], "QUANTITY_OUT_OF_RANGE"),
                ([usage(1, .max), usage(1, 1)], "REPORT_ROWS_DO_NOT_ADD_UP"),
                ([usage(largest, largest)], nil), ([usage(1, 1)], nil),
                ([try Self.charge(connection, "1000000000000000")], nil),
                ([try Self.charge(connection, "-1000000000000000")], nil),
            ]
            for (rows, reason) in cases {
                do {
                    try await fixture.record(rows, organization, connection)
                    #expect(reason == nil)
                } catch let error as ServiceError {
                    #expect(error.reason == reason && error.code == .outOfRange)
                }
                #expect(try await fixture.disagreements() == [])
            }
        }
    }

    /// The checkpoint and the entries are one transaction.
    @Test func failedCheckpointsLeaveNothing() async throws {
        struct Broken: Error {}
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let connection = try await fixture.makeConnection(organization)
            let rows = [Self.usage(connection, input: 7)]
            await #expect(throws: Broken.self) {
                try await fixture.record(rows, organization, connection) { _ in throw Broken() }
            }
            #expect(try await fixture.rows("SELECT count(*) FROM ledger_entries") == ["0"])
            #expect(
                try await fixture.record(rows, organization, connection)
                    == ReportOutcome(recorded: 1))
        }
    }

    /// Row 9 and 12: any sequence of reads of growing, shrinking and reappearing rows leaves
    /// the last read's figures, whatever came between.
    @Test(arguments: [1, 2, 3]) func theLastReadCounts(seed: Int) async throws {
        try await Fixture.with { fixture in
            var random = SeededRandom(seed: UInt64(seed))
            let organization = try await fixture.makeOrganization()
            let connection = try await fixture.makeConnection(organization)
            var latest: [Int: Int64] = [:]
            for _ in 0..<8 {
                var rows: [ReportRow] = []
                for slot in 0..<12 where Bool.random(using: &random) {
                    let input = Int64.random(in: 0...4, using: &random) * 250_000
                    latest[slot] = input
                    rows.append(
                        Self.usage(
                            connection, input: input, model: slot % 3 == 0 ? "gpt-99" : "gpt-4o",
                            hour: Int64(slot)))
                }
                try await fixture.record(rows, organization, connection)
            }
            let expected = latest.filter { $0.key % 3 != 0 }.values.reduce(0, +)
            #expect(
                try await fixture.rows(
                    "SELECT sum(amount_picos), sum(input) FROM current_usage_rollups")
                    == ["\(Int128(expected) * 2_500_000)|\(latest.values.reduce(0, +))"],
                "seed \(seed)")
            #expect(try await fixture.disagreements() == [], "seed \(seed)")
        }
    }

    /// The effective cost of stored rows: metered before the bill is final, billed after.
    @Test func storedBillsReplaceMeteredUsage() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let end = Self.day.advanced(bySeconds: 86_400)
            let connection = try await fixture.makeConnection(
                organization, usageThrough: end, costsThrough: end)
            let readTime = end.advanced(bySeconds: 3600)
            try await fixture.record(
                [Self.usage(connection, input: 1_000_000, hour: 5)], organization, connection,
                now: readTime)
            try await fixture.record(
                [try Self.charge(connection, "3")], organization, connection, now: readTime)
            let spend = { (now: Instant, basis: Basis) in
                let store = PriceCatalogueStore()
                return try await fixture.transaction(organization) {
                    try await SpendReader(catalogues: store).spend(
                        $0, organization: organization, keys: fixture.keys, from: Self.day,
                        through: end,
                        basis: basis, now: now)
                }
            }
            let settled = end.advanced(bySeconds: 3 * 86_400)
            let early = try await spend(settled.advanced(byMicroseconds: -1), .effective)
            #expect(try early.totals[.usd]?.displayText == "2.00")
            #expect(early.completeness.provisional)
            let late = try await spend(settled, .effective)
            #expect(try late.totals[.usd]?.displayText == "3.00")
            #expect(late.rows.map(\.start) == [Self.day.advanced(bySeconds: 5 * 3600)])
            #expect(late.rows.first?.tokens == 1_000_000)
            #expect(!late.completeness.provisional && late.completeness.finalThrough == end)
            try await fixture.record(
                [try Self.charge(connection, "4")], organization, connection,
                now: settled.advanced(bySeconds: 1))
            let reopened = try await spend(settled.advanced(bySeconds: 2), .effective)
            #expect(try reopened.totals[.usd]?.displayText == "2.00")
            let again = try await spend(settled.advanced(bySeconds: 4 * 86_400), .effective)
            #expect(try again.totals[.usd]?.displayText == "4.00")
        }
    }
}
