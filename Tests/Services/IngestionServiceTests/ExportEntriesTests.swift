import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime
import Synchronization
import TestSupport
import Testing
import Wire

@testable import IngestionService

/// The ledger entry by entry: all of it, each once, and what it comes to.
@Suite struct ExportEntriesTests {
    private typealias Fixture = ServiceFixture

    /// An export as it came.
    private struct Received: Sendable {
        var entries: [ExportedEntry] = []
        /// `after` of each part, and how many entries had come then.
        var places: [(after: String, count: Int)] = []
        var end = EntryExportEnd()

        func sum(of feed: EntryFeed) throws -> Int128 {
            let sums = end.sums.filter { $0.feed == feed }
            #expect(sums.count < 2)
            return try sums.first?.amount.map { try Domain.Money(wire: $0).picos } ?? 0
        }
    }

    private static func export(
        _ request: ExportEntriesRequest, _ call: Call, _ fixture: Fixture, rows: Int = 7,
        bytes: Int = 2_000, meanwhile: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> Received {
        var received = Received()
        var hasEnded = false
        try await fixture.export(rows: rows, bytes: bytes).export(request, call) { part in
            #expect(!hasEnded)
            switch part.part {
            case .entries(let entries):
                #expect(!entries.entries.isEmpty)
                received.entries += entries.entries
                received.places.append((entries.after, received.entries.count))
            case .end(let end):
                received.end = end
                hasEnded = true
            case nil: Issue.record("a part without content")
            }
            try await meanwhile()
        }
        #expect(hasEnded)
        return received
    }

    private static func request(
        _ first: CivilDate, _ last: CivilDate, _ filters: [UsageFilter] = [], after: String = ""
    ) -> ExportEntriesRequest {
        ExportEntriesRequest(
            from: API.Date(first), through: API.Date(last), filters: filters, after: after)
    }

    private static func november(after: String = "") throws -> ExportEntriesRequest {
        request(
            try CivilDate(year: 2026, month: 11, day: 1),
            try CivilDate(year: 2026, month: 11, day: 30), after: after)
    }

    /// Events of some weeks, some of them without a price, in calls of any size; then corrections and
    /// reversals, some of the same events.
    private static func fill(
        _ call: Call, _ fixture: Fixture, seed: UInt64, count: Int = 90
    ) async throws {
        var random = SeededRandom(seed: seed)
        let events = (0..<count).map { index in
            LedgerEventWireTests.event {
                $0.id = "e\(index)"
                let quarters = Int64.random(in: 0...2_000, using: &random)
                $0.time = Timestamp(Fixture.now.advanced(bySeconds: -900 * quarters))
                $0.model = ["gpt-6-sol", "gpt-4o", "gpt-99"].randomElement(using: &random) ?? ""
                $0.team = ["search", "ads", ""].randomElement(using: &random) ?? ""
                $0.tags = Bool.random(using: &random) ? [Tag(key: "env", value: "prod")] : []
                $0.totalTokens = 0
                $0.quantities[0].amount = Int64.random(in: 0...999_999, using: &random)
            }
        }
        var rest = events[...]
        while !rest.isEmpty {
            let part = rest.prefix(Int.random(in: 1...20, using: &random))
            rest = rest.dropFirst(part.count)
            let answer = try await fixture.ingest.answer(
                IngestEventsRequest(events: Array(part)), call)
            #expect(answer.results.allSatisfy { $0.outcome == .accepted })
        }
        let changes = ChangeEvents(ledger: fixture.ledger, catalogues: fixture.catalogues)
        for _ in 0..<6 {
            let corrections = (0..<5).map { _ in
                EventCorrection(
                    source: "gateway", id: "e\(Int.random(in: 0..<count, using: &random))",
                    quantities: [
                        API.Quantity(
                            quantityClass: "input",
                            amount: Int64.random(in: 0...999_999, using: &random))
                    ], usageState: .partial, reason: "Settled late")
            }
            _ = try await changes.correct(CorrectEventsRequest(corrections: corrections), call)
            let reversals = (0..<2).map { _ in
                EventReversal(
                    source: "gateway", id: "e\(Int.random(in: 0..<count, using: &random))",
                    reason: "Sent twice")
            }
            _ = try await changes.reverse(ReverseEventsRequest(reversals: reversals), call)
        }
    }

    /// Whatever the days, the zone and the filter: the export has each entry once, a root before what
    /// corrects it, and sums to what the summary says, to the pico.
    @Test(arguments: [1, 2, 3] as [UInt64], ["UTC", "Asia/Kathmandu", "America/Los_Angeles"])
    func sumsAreTheSummarysTotals(seed: UInt64, zone: String) async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall(zone: zone)
            try await Self.fill(call, fixture, seed: seed)
            let last = try OrganizationZone(zone).day(containing: Fixture.now)
            let filters: [[UsageFilter]] = [
                [], [UsageFilter(dimension: "team", values: ["search"], orAbsent: true)],
                [
                    UsageFilter(dimension: "tag:env", orAbsent: true),
                    UsageFilter(dimension: "model", values: ["gpt-4o", "gpt-99"]),
                ],
            ]
            var corrected = 0
            for length in [0, 3, 9, 60] {
                for filter in filters {
                    let request = Self.request(last.advanced(byDays: -length), last, filter)
                    let received = try await Self.export(request, call, fixture)
                    let entries = received.entries
                    #expect(received.end.entryCount == Int64(entries.count))
                    #expect(Set(entries.map(\.entryID)).count == entries.count)
                    var sum: Int128 = 0
                    var seen: Set<Int64> = []
                    for entry in entries {
                        sum += try entry.amount.map { try Domain.Money(wire: $0).picos } ?? 0
                        seen.insert(entry.entryID)
                        guard entry.rootEntryID != 0 else { continue }
                        corrected += 1
                        #expect(seen.contains(entry.rootEntryID))
                        #expect(["Settled late", "Sent twice"].contains(entry.reason))
                    }
                    #expect(try received.sum(of: .events) == sum)
                    for basis in [API.Basis.metered, .effective] {
                        let summary = try await fixture.summary.answer(
                            UsageSummaryRequest(
                                from: request.from, through: request.through, basis: basis,
                                filters: filter), call)
                        let total = try #require(summary.total?.cost)
                        #expect(try Domain.Money(wire: total).picos == sum, "\(length) \(filter)")
                        #expect(summary.total?.requests == entries.reduce(0) { $0 + $1.requests })
                        #expect(
                            summary.completeness?.unpricedEntries
                                == received.end.completeness?.unpricedEntries)
                    }
                }
            }
            #expect(corrected > 50)
        }
    }

    /// Broken off behind any part, an export goes on as if it had not been; what is recorded meanwhile
    /// is in neither half.
    @Test func itGoesOnBehindEveryPart() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            try await Self.fill(call, fixture, seed: 7, count: 30)
            let whole = try await Self.export(try Self.november(), call, fixture, bytes: 1)
            #expect(whole.places.count == whole.entries.count && whole.entries.count > 20)
            #expect(whole.entries.contains { $0.kind == .reversal })
            let late = (0..<5).map { index in
                LedgerEventWireTests.event { $0.id = "late\(index)" }
            }
            _ = try await fixture.ingest.answer(IngestEventsRequest(events: late), call)
            for (after, count) in whole.places {
                let rest = try await Self.export(
                    try Self.november(after: after), call, fixture, rows: 3)
                #expect(rest.entries == Array(whole.entries.dropFirst(count)), "\(count)")
                #expect(rest.end.entryCount == Int64(rest.entries.count))
            }
            // Another export has them.
            let next = try await Self.export(try Self.november(), call, fixture)
            #expect(next.entries.count == whole.entries.count + late.count)
        }
    }

    /// It is the ledger as it stood when the call began, however long it takes.
    @Test func whatIsRecordedMeanwhileIsNotInIt() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            try await Self.fill(call, fixture, seed: 3, count: 20)
            let summary = try await fixture.summary.answer(
                UsageSummaryRequest(
                    from: try Self.november().from, through: try Self.november().through), call)
            let number = Turn()
            let received = try await Self.export(try Self.november(), call, fixture, rows: 1) {
                let event = LedgerEventWireTests.event { $0.id = "late\(number.next())" }
                _ = try await fixture.ingest.answer(IngestEventsRequest(events: [event]), call)
            }
            #expect(received.places.count > 3)
            #expect(!received.entries.contains { $0.eventID.hasPrefix("late") })
            let total = try Domain.Money(wire: try #require(summary.total?.cost))
            #expect(try received.sum(of: .events) == total.picos)
        }
    }

    private final class Turn: Sendable {
        private let count = Mutex(0)

        func next() -> Int {
            count.withLock { count in
                count += 1
                return count
            }
        }
    }

    /// Fields of an event that no entry has, each for the reason that ExportEntries gives; `quantities` are sent
    /// in place of the first two.
    private static let notExported: Set<String> = [
        "usage_object", "usage_format", "provider_request_id",
    ]

    /// What a field of an event is called in an entry, where it is called otherwise.
    private static let renamed = ["id": "eventId", "time": "eventTime"]

    /// Everything that an event was sent with comes out of it, whatever fields events come to have.
    @Test func anEntrySaysWhatItsEventSaid() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let connection = try await fixture.makeConnection(provider: "openai", call)
            let event = LedgerEventWireTests.event {
                $0.requestedModel = "gpt-6"
                $0.operation = "responses"
                $0.region = "mars"
                $0.serviceTier = "standard"
                $0.quantities.append(
                    API.Quantity(quantityClass: "web_search_request", amount: 0))
                $0.latencyMs = 1_200
                $0.attempt = 2
                $0.status = .aborted
                $0.usageState = .partial
                $0.project = "p"
                $0.apiKeyID = "k"
                $0.user = "u"
                $0.session = "s"
                $0.run = "r"
                $0.feature = "f"
                $0.customer = "c"
                $0.team = "t"
                $0.environment = "prod"
                $0.tags = [Tag(key: "a", value: ""), Tag(key: "b", value: "2")]
                $0.connection = connection
                $0.providerCost = API.Money(amount: "0.250000000001", currencyCode: "EUR")
                $0.providerRequestID = "resp_1"
            }
            let unknown = LedgerEventWireTests.event {
                $0.id = "2"
                $0.model = "gpt-99"
            }
            _ = try await fixture.ingest.answer(
                IngestEventsRequest(events: [event, unknown]), call)
            let received = try await Self.export(try Self.november(), call, fixture)
            let first = try #require(received.entries.first)
            let sent = try JSONValue(parsing: try event.json())
            let exported = try JSONValue(parsing: try first.json())
            let schema = try DescriptorSet(serialized: TallySchema.fileDescriptorSet)
            let declared = try #require(
                schema.messages.first { $0.fullName == "tally.v1.Event" })
            for field in declared.fields where !Self.notExported.contains(field.name) {
                let key = field.jsonName
                let value = try #require(sent[key], "the event is sent without \(key)")
                #expect(exported[Self.renamed[key] ?? key] == value, "\(key)")
            }
            // And what the ledger says of it.
            #expect(first.entryID == 1 && first.kind == .usage && first.feed == .events)
            #expect(first.priceVersion > 0 && first.recordedAt != nil && first.requests == 1)
            #expect(first.currencyCode == "USD" && first.amount?.amount == "0.000070000000")
            #expect(first.bookedAt == event.time && first.derived.isEmpty)
            // Unpriced is absent, never zero.
            let second = try #require(received.entries.last)
            #expect(second.eventID == "2" && second.amount == nil && second.priceVersion == 0)
            #expect(second.currencyCode == "USD" && second.providerCost == nil)
            #expect(received.end.completeness?.unpricedEntries == 1)
            #expect(received.end.completeness?.basis == .metered)
        }
    }

    /// What rules derived is told apart from what was sent, of corrections, too.
    @Test func anEntrySaysWhatRulesDerived() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let rule = API.AttributionRule(
                name: "everything", target: "team", value: .constant("search"), replace: true)
            let set = try await fixture.attribution.set(
                SetAttributionRulesRequest(rules: [rule]), call)
            let event = LedgerEventWireTests.event { $0.team = "ads" }
            let answer = try await fixture.ingest.answer(
                IngestEventsRequest(events: [event]), call)
            #expect(answer.results.map(\.outcome) == [.accepted])
            _ = try await ChangeEvents(
                ledger: fixture.ledger, catalogues: fixture.catalogues
            ).correct(
                CorrectEventsRequest(corrections: [
                    EventCorrection(
                        source: "gateway", id: "1",
                        quantities: [API.Quantity(quantityClass: "input", amount: 4)],
                        usageState: .partial, reason: "Settled late")
                ]), call)
            let entries = try await Self.export(try Self.november(), call, fixture).entries
            #expect(entries.count == 2 && entries.last?.kind == .correction)
            #expect(entries.map(\.totalTokens) == [15, -11])
            for entry in entries {
                #expect(entry.team == "search" && entry.bookedAt == event.time)
                #expect(
                    entry.derived == [
                        DerivedDimension(
                            dimension: "team", value: "search",
                            sent: DimensionValue(value: "ads"),
                            ruleSetVersion: set.version, rule: "everything")
                    ])
            }
        }
    }

    /// Reports and bills are feeds of their own, with what their providers restated; each sums to the
    /// summary on its basis.
    @Test func feedsAreNotAddedUp() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let connection = try ConnectionID(
                try await fixture.makeConnection(provider: "openai", call))
            for pass in 1...2 as ClosedRange<Int64> {
                try await Self.report(connection, pass: pass, call, fixture)
            }
            let received = try await Self.export(try Self.november(), call, fixture, rows: 2)
            #expect(received.entries.map(\.feed).contains(.providerUsage))
            #expect(received.entries.count { $0.kind == .correction } == 6)
            #expect(received.end.sums.map(\.feed) == [.providerUsage, .providerBill])
            for (feed, basis) in [
                (EntryFeed.providerUsage, API.Basis.metered), (.providerBill, .billed),
            ] {
                let summary = try await fixture.summary.answer(
                    UsageSummaryRequest(
                        from: try Self.november().from, through: try Self.november().through,
                        basis: basis), call)
                let total = try Domain.Money(wire: try #require(summary.total?.cost)).picos
                #expect(total > 0)
                #expect(try received.sum(of: feed) == total)
            }
        }
    }

    /// What a provider says of three hours of usage and of their bill.
    private static func report(
        _ connection: ConnectionID, pass: Int64, _ call: Call, _ fixture: Fixture
    ) async throws {
        let day = Instant(seconds: 1_795_046_400)
        let usage = (0..<3 as Range<Int64>).map { hour in
            ReportRow(
                time: day.advanced(bySeconds: hour * 3600),
                dimensions: DimensionSet(
                    provider: "openai", model: "gpt-6-sol", serviceTier: "standard",
                    source: "openai-usage", connectionID: connection),
                figures: .usage(
                    UsageQuantities([Domain.Quantity(.input, 1_000 * pass + hour)]), requests: 3,
                    state: .reported))
        }
        let bill = try (1...3).map { line in
            ReportRow(
                time: day,
                dimensions: DimensionSet(
                    provider: "openai", model: "gpt-6-sol", source: "openai-costs",
                    connectionID: connection, lineItem: "line \(line)", chargeClass: .input),
                figures: .charge(try Domain.Money("0.12345678901\(pass)", currency: .usd)))
        }
        let organization = try call.organizationID
        let writer = EntryWriter(
            organization: organization, cache: fixture.ledger,
            keys: try await fixture.keys.keys(of: organization))
        let now = Fixture.now
        let calculator = try await call.snapshot {
            try await fixture.catalogues.calculator(of: organization, in: $0, now: now)
        }
        for rows in [usage, bill] {
            try await fixture.ledger.prepareMonths(of: rows.map(\.time)) { prepare in
                try await call.transaction(prepare)
            }
            _ = try await call.transaction {
                try await writer.record(
                    rows, of: connection, calculator: calculator, in: $0, now: now
                ) { _ in }
            }
        }
    }

    @Test func requestsAreChecked() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            _ = try await fixture.ingest.answer(
                IngestEventsRequest(events: [LedgerEventWireTests.event()]), call)
            let whole = try await Self.export(try Self.november(), call, fixture)
            let after = try #require(whole.places.first?.after)
            let filter = UsageFilter(dimension: "team", values: ["a"])
            let day = try CivilDate(year: 2026, month: 11, day: 2)
            let cases: [(String, ExportEntriesRequest)] = [
                ("DATE_MISSING from", ExportEntriesRequest()),
                ("DAYS_REVERSED through", Self.request(day, day.advanced(byDays: -1))),
                (
                    "FILTERS_TOO_MANY filters",
                    Self.request(day, day, [UsageFilter](repeating: filter, count: 33))
                ),
                ("PAGE_TOKEN_INVALID after", Self.request(day, day, after: "x")),
                ("PAGE_TOKEN_INVALID after", Self.request(day, day, after: after)),
                (
                    "PAGE_TOKEN_INVALID after",
                    ExportEntriesRequest(
                        from: try Self.november().from, through: try Self.november().through,
                        filters: [filter], after: after)
                ),
            ]
            for (expected, request) in cases {
                let error = await #expect(throws: ServiceError.self) {
                    _ = try await Self.export(request, call, fixture)
                }
                #expect("\(error?.reason.rawValue ?? "") \(error?.field ?? "")" == expected)
            }
        }
    }
}
