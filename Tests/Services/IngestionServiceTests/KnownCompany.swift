import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime
import TestSupport
import Wire

@testable import IngestionService

/// A report that was asked for.
enum KnownQuestion: Sendable {
    case summary(UsageSummaryRequest)
    case trend(UsageTrendRequest)
    case models(TopModelsRequest)
    case tags(TagCoverageRequest)
    case export(ExportEntriesRequest)
}

/// What it answered.
struct KnownAnswer: Sendable {
    let question: KnownQuestion
    let knownAt: Instant
    /// All of it that is to come back.
    let text: String
}

/// An organization to which everything happens that may change a report, the same for the same seed.
struct KnownCompany {
    private static let day: Int64 = 86_400

    private let fixture: ServiceFixture
    private let organization: OrganizationID
    private var random: SeededRandom
    /// Each change is later than the one before.
    private var now = ServiceFixture.now
    private var eventCount = 0
    private var connections: [ConnectionID] = []
    private var overrideCount: Int64 = 0

    init(_ fixture: ServiceFixture, seed: UInt64, zone: String) async throws {
        self.fixture = fixture
        random = SeededRandom(seed: seed)
        organization = try await fixture.makeCall(zone: zone).organizationID
        // Something is there of each kind.
        try await ingest()
        try await connect()
        try await tell()
    }

    private var call: Call { fixture.call(of: organization, now: now) }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }

    // MARK: - Changes

    mutating func change() async throws {
        // Often sooner than what is recent is over.
        now = now.advanced(
            byMicroseconds: Int64.random(
                in: 1...(Bool.random(using: &random) ? 5_000_000 : 40_000_000_000), using: &random))
        switch Int.random(in: 0..<14, using: &random) {
        case 0...3: try await ingest()
        case 4: try await correct()
        case 5: try await reverse()
        case 6...8: try await tell()
        case 9:
            if connections.count < 3 { try await connect() } else { try await rename() }
        case 10: try await importPrices()
        case 11:
            if Bool.random(using: &random) { try await contract() } else { try await endContract() }
        case 12: try await reprice()
        default: try await fixture.merge(organization)
        }
    }

    private mutating func time() -> Instant {
        let seconds = Int64.random(in: 0..<15 * Self.day, using: &random)
        return now.advanced(bySeconds: -seconds)
    }

    private mutating func ingest() async throws {
        var events: [Event] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            eventCount += 1
            let (id, time) = ("\(eventCount)", time())
            let (model, team) = (
                pick(["gpt-6-sol", "gpt-4o", "unknown"]), pick(["ads", "search"])
            )
            // Each source tells of some calls that another one has told of.
            let source = pick(["gateway", "sdk"])
            let request = Bool.random(using: &random) ? "req_\(eventCount / 4)" : ""
            let tokens = Int64.random(in: 1...300_000, using: &random)
            let connection = Bool.random(using: &random) ? connections.first?.text ?? "" : ""
            events.append(
                LedgerEventWireTests.event {
                    $0.id = id
                    $0.source = source
                    $0.time = Timestamp(time)
                    $0.model = model
                    $0.team = team
                    $0.connection = connection
                    $0.providerRequestID = request
                    $0.quantities = [
                        API.Quantity(quantityClass: "input", amount: tokens),
                        API.Quantity(quantityClass: "output", amount: 5),
                    ]
                    $0.totalTokens = tokens + 5
                    $0.tags = [Tag(key: "env", value: team == "ads" ? "prod" : "test")]
                })
        }
        _ = try await fixture.ingest.answer(IngestEventsRequest(events: events), call)
    }

    private var changes: ChangeEvents {
        ChangeEvents(ledger: fixture.ledger, catalogues: fixture.catalogues)
    }

    private mutating func correct() async throws {
        let amount = Int64.random(in: 1...300_000, using: &random)
        let id = "\(Int.random(in: 1...eventCount, using: &random))"
        _ = try await changes.correct(
            CorrectEventsRequest(
                corrections: ["gateway", "sdk"].map {
                    EventCorrection(
                        source: $0, id: id,
                        quantities: [API.Quantity(quantityClass: "input", amount: amount)],
                        reason: "r")
                }), call)
    }

    private mutating func reverse() async throws {
        let id = "\(Int.random(in: 1...eventCount, using: &random))"
        _ = try await changes.reverse(
            ReverseEventsRequest(
                reversals: ["gateway", "sdk"].map {
                    EventReversal(source: $0, id: id, reason: "r")
                }), call)
    }

    private mutating func connect() async throws {
        let connection = ConnectionID.make()
        connections.append(connection)
        let (id, created) = (connection.text, now.rfc3339)
        try await fixture.run(
            """
            INSERT INTO connections (org_id, id, provider, display_name, sealed_key, key_hint,
                backfill_from, created_at, account_id)
            VALUES ('\(organization.text)', '\(id)', 'openai', '\(id)', '\\x00', 'abcd',
                '\(created)', '\(created)', '\(pick(["a", "b"]))')
            """)
        for stream in ["usage", "costs"] {
            try await fixture.run(
                """
                INSERT INTO connection_checkpoints (org_id, connection_id, stream)
                VALUES ('\(organization.text)', '\(id)', '\(stream)')
                """)
        }
        try await remember(connection)
    }

    private mutating func rename() async throws {
        let connection = pick(connections)
        let isDeleted = Int.random(in: 0..<4, using: &random) == 0
        try await fixture.run(
            """
            UPDATE connections SET display_name = '\(now.microseconds)',
                record_of = \(pick([1, 2, 3])), deleted_at =
                    \(isDeleted ? "coalesce(deleted_at, '\(now.rfc3339)'), sealed_key = ''" : "deleted_at")
            WHERE id = '\(connection.text)'
            """)
        try await remember(connection)
    }

    private func remember(_ connection: ConnectionID) async throws {
        let reading = RecordConnectionReading(
            organization: organization, connection: connection, now: now)
        _ = try await call.transaction { try await $0.execute(reading) }
    }

    /// A connection's report of a day is read, anew or again: usage or bill.
    private mutating func tell() async throws {
        let connection = pick(connections)
        let isBill = Bool.random(using: &random)
        let source = isBill ? "openai-costs" : "openai-usage"
        let begin = Instant(seconds: time().seconds / Self.day * Self.day)
        var rows: [ReportRow] = []
        for (index, model) in ["gpt-6-sol", "gpt-4o"].enumerated() {
            let amount = Int64.random(in: 1...9_000_000, using: &random)
            let dimensions = DimensionSet(
                provider: "openai", model: model, serviceTier: isBill ? "" : "standard",
                project: pick(["one", "two"]), source: source, connectionID: connection,
                lineItem: isBill ? "\(model), input" : "", chargeClass: isBill ? .input : nil)
            rows.append(
                ReportRow(
                    time: isBill ? begin : begin.advanced(bySeconds: Int64(index) * 3_600),
                    dimensions: dimensions,
                    figures: isBill
                        ? .charge(
                            Domain.Money(picos: Int128(amount) * 1_000_000, currency: .usd))
                        : .usage(
                            UsageQuantities([Domain.Quantity(.input, amount)]), requests: 2,
                            state: .reported)))
        }
        let writer = EntryWriter(
            organization: organization, cache: fixture.ledger,
            keys: try await fixture.keys.keys(of: organization))
        let (call, now, told) = (call, now, rows)
        let calculator = try await call.snapshot { [fixture, organization] in
            try await fixture.catalogues.calculator(of: organization, in: $0, now: now)
        }
        try await fixture.ledger.prepareMonths(of: told.map(\.time)) { prepare in
            try await call.transaction(prepare)
        }
        let recorded = try await call.transaction {
            try await writer.record(
                told, of: connection, calculator: calculator, in: $0, now: now
            ) { _ in }
        }
        fixture.ledger.committed(recorded.dimensionSets, organization: organization)
        let read = min(now, begin.advanced(bySeconds: Self.day))
        try await fixture.run(
            """
            UPDATE connection_checkpoints SET
                through = greatest(through, '\(read.rfc3339)'), last_success_at = '\(now.rfc3339)',
                read_spans = read_spans + tstzmultirange(tstzrange('2026-11-01Z', '\(read.rfc3339)')),
                told_from = '2026-11-01Z'
            WHERE connection_id = '\(connection.text)' AND stream = '\(isBill ? "costs" : "usage")'
            """,
            """
            UPDATE connections SET last_success_at = '\(now.rfc3339)'
            WHERE id = '\(connection.text)'
            """)
        try await remember(connection)
    }

    private mutating func importPrices() async throws {
        let price = Int.random(in: 1...20, using: &random)
        // The same file again would change nothing.
        try? await fixture.importPrices(solInput: "\(price).\(now.microseconds % 997)", now: now)
    }

    private mutating func contract() async throws {
        overrideCount += 1
        _ = try await fixture.overrides.create(
            CreatePriceOverrideRequest(
                priceOverride: API.PriceOverride(
                    provider: "openai", modelPattern: pick(["gpt-6*", "gpt-4o", "unknown"]),
                    terms: .multiplier(pick(["0.85", "0.5", "1.1"])),
                    effectiveTime: Timestamp(now.advanced(bySeconds: -9 * Self.day)),
                    note: "n")), call)
    }

    private mutating func endContract() async throws {
        guard overrideCount > 0 else { return }
        let number = Int64.random(in: 1...overrideCount, using: &random)
        // One that is ended already is left as it is.
        _ = try? await fixture.overrides.end(EndPriceOverrideRequest(number: number), call)
    }

    private mutating func reprice() async throws {
        var request = RepriceEventsRequest(
            from: API.Date(year: 2026, month: 11, day: 1),
            through: API.Date(year: 2026, month: 11, day: 30), reason: "r")
        repeat {
            let answer = try await RepriceEvents(
                ledger: fixture.ledger, catalogues: fixture.catalogues
            ).answer(request, call)
            request.pageToken = answer.nextPageToken
        } while !request.pageToken.isEmpty
    }

    // MARK: - Reports

    /// Some reports of now.
    mutating func ask() async throws -> [KnownAnswer] {
        guard Int.random(in: 0..<3, using: &random) == 0 else { return [] }
        // A while later, or at once.
        now = now.advanced(
            byMicroseconds: pick([1, 1_000, 3_000_000, 20_000_000, 3_600_000_000]))
        let isWhole = Bool.random(using: &random)
        let first = Int32.random(in: 5...25, using: &random)
        let from = API.Date(year: 2026, month: 11, day: isWhole ? 1 : first)
        let through = API.Date(year: 2026, month: 11, day: isWhole ? 30 : first + 4)
        let basis = pick([API.Basis.effective, .metered, .billed])
        let filters = pick([
            [], [UsageFilter(dimension: "team", values: ["ads"])],
            [UsageFilter(dimension: "tag:env", values: ["test"])],
        ])
        let questions: [KnownQuestion] = [
            .summary(
                UsageSummaryRequest(
                    from: from, through: through, basis: basis,
                    breakdowns: pick([["team", "model"], ["day", "source"], [], ["connection"]]),
                    filters: filters)),
            .trend(
                UsageTrendRequest(
                    from: from, through: through, basis: basis,
                    step: pick([.day, .hour, .week, .month]), filters: filters)),
            .models(
                TopModelsRequest(from: from, through: through, basis: basis, filters: filters)),
            .tags(
                TagCoverageRequest(from: from, through: through, basis: basis, filters: filters)),
            .export(ExportEntriesRequest(from: from, through: through, filters: filters)),
        ]
        return [try await answer(pick(questions))]
    }

    /// - Parameter knownAt: Nil: with what is known.
    func answer(_ question: KnownQuestion, knownAt: Instant? = nil) async throws -> KnownAnswer {
        let known = knownAt.map { Timestamp($0) }
        var parts: [String] = []
        var completeness: API.Completeness?
        switch question {
        case .summary(var request):
            request.knownAt = known
            var answer = try await fixture.summary.answer(request, call)
            (completeness, answer.completeness) = (answer.completeness, nil)
            parts.append("\(answer)")
        case .trend(var request):
            request.knownAt = known
            var answer = try await fixture.trend.answer(request, call)
            (completeness, answer.completeness) = (answer.completeness, nil)
            parts.append("\(answer)")
        case .models(var request):
            request.knownAt = known
            var answer = try await fixture.models.answer(request, call)
            (completeness, answer.completeness) = (answer.completeness, nil)
            parts.append("\(answer)")
        case .tags(var request):
            request.knownAt = known
            var answer = try await fixture.coverage.answer(request, call)
            (completeness, answer.completeness) = (answer.completeness, nil)
            parts.append("\(answer)")
        case .export(var request):
            request.knownAt = known
            var received: [EntryExportPart] = []
            try await fixture.export(rows: 7, bytes: 2_000).export(request, call) {
                received.append($0)
            }
            for part in received {
                switch part.part {
                case .entries(let entries): parts += entries.entries.map { "\($0)" }
                case .end(var end):
                    (completeness, end.completeness) = (end.completeness, nil)
                    parts.append("\(end)")
                case nil: parts.append("nothing")
                }
            }
        }
        var told = completeness ?? API.Completeness()
        let knownAt = try told.knownAt?.instant() ?? Instant(seconds: 0)
        if !question.isOfWholeMonth {
            told.sources = told.sources.filter { $0.finalThrough == nil }
        }
        return KnownAnswer(
            question: question, knownAt: knownAt,
            text: (parts + ["\(told)"]).joined(separator: "\n"))
    }
}

extension KnownQuestion {
    /// When sources of events were last heard of may be told of any day of the months that a report of now reads.
    fileprivate var isOfWholeMonth: Bool {
        let from: API.Date? =
            switch self {
            case .summary(let request): request.from
            case .trend(let request): request.from
            case .models(let request): request.from
            case .tags(let request): request.from
            case .export(let request): request.from
            }
        return from?.day == 1
    }
}

extension ServiceFixture {
    var overrides: PriceOverrideMethods { PriceOverrideMethods(catalogues: catalogues) }

    /// Runs statements as a superuser.
    func run(_ statements: String...) async throws {
        let session = try await database.session()
        for statement in statements { try await session.execute(statement) }
        await session.close()
    }

    /// Rows of a query as a superuser, cells joined by `|`.
    func rows(_ sql: String) async throws -> [String] {
        let session = try await database.session()
        let rows = try await session.texts(sql)
        await session.close()
        return rows.map { $0.map { $0 ?? "null" }.joined(separator: "|") }
    }

    /// Merges what was added to the roll-ups.
    func merge(_ organization: OrganizationID) async throws {
        let writer = EntryWriter(
            organization: organization, cache: ledger, keys: try await keys.keys(of: organization))
        try await call(of: organization).transaction {
            try await writer.mergeRollups(whereUnmerged: 1, in: $0)
        }
    }
}
