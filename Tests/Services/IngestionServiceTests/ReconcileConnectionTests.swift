import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

private typealias Fixture = ServiceFixture

struct ReconcileConnectionTests {
    /// 2026-11-10, final by the fixture's now.
    private static let day = Instant(seconds: 1_794_268_800)
    private static let date = API.Date(year: 2026, month: 11, day: 10)

    private static func dimensions(
        _ connection: ConnectionID, source: String, lineItem: String = "",
        chargeClass: QuantityClass? = nil
    ) -> DimensionSet {
        DimensionSet(
            provider: "openai",
            model: chargeClass == nil && source == "openai-costs" ? "" : "gpt-6-sol",
            serviceTier: source == "openai-costs" ? "" : "standard", project: "search",
            source: source, connectionID: connection, lineItem: lineItem, chargeClass: chargeClass)
    }

    /// A million tokens of input, billed at 2.5 USD where our price says 2, and a fee.
    private static func report(
        _ connection: ConnectionID, _ call: Call, _ fixture: Fixture
    ) async throws {
        let usage = ReportRow(
            time: day.advanced(bySeconds: 3_600),
            dimensions: dimensions(connection, source: "openai-usage"),
            figures: .usage(
                UsageQuantities([Domain.Quantity(.input, 1_000_000)]), requests: 3, state: .reported
            ))
        let bill = [
            ReportRow(
                time: day,
                dimensions: dimensions(
                    connection, source: "openai-costs", lineItem: "gpt-6-sol, input",
                    chargeClass: .input),
                figures: .charge(try Domain.Money("2.5", currency: .usd))),
            ReportRow(
                time: day,
                dimensions: dimensions(connection, source: "openai-costs", lineItem: "Storage"),
                figures: .charge(try Domain.Money("0.75", currency: .usd))),
        ]
        let organization = try call.organizationID
        let writer = EntryWriter(
            organization: organization, cache: fixture.ledger,
            keys: try await fixture.keys.keys(of: organization))
        let calculator = try await call.snapshot {
            try await fixture.catalogues.calculator(of: organization, in: $0, now: Fixture.now)
        }
        for rows in [[usage], bill] {
            try await fixture.ledger.prepareMonths(of: rows.map(\.time)) { prepare in
                try await call.transaction(prepare)
            }
            _ = try await call.transaction {
                try await writer.record(
                    rows, of: connection, calculator: calculator, in: $0,
                    now: day.advanced(bySeconds: 86_400)
                ) { _ in }
            }
        }
        let session = try await fixture.database.session()
        for stream in ["usage", "costs"] {
            try await session.execute(
                """
                INSERT INTO connection_checkpoints
                    (org_id, connection_id, stream, through, last_success_at)
                VALUES ('\(organization.text)', '\(connection.text)', '\(stream)', '2026-11-20Z',
                    '2100-01-01Z')
                """)
        }
        await session.close()
    }

    private static func texts(_ figures: ReconciledFigures?) throws -> [String] {
        let figures = try #require(figures)
        return [figures.billed, figures.usage, figures.events].map {
            $0.map { "\($0.amount) \($0.currencyCode)" } ?? "none"
        } + figures.differences.map { "\($0.cause.name ?? "") \($0.amount?.amount ?? "")" }
    }

    /// Row 4: a bill that differs from the usage and the events says by how much, why, and how final it is.
    @Test func differencesHaveCauses() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall(zone: "Asia/Kathmandu")
            let id = try await fixture.makeConnection(provider: "openai", call)
            try await Self.report(ConnectionID(id), call, fixture)
            let reconcile = ReconcileConnection(reader: fixture.spendReader)
            let request = ReconcileConnectionRequest(
                connectionID: id, from: Self.date, through: Self.date)
            let alone = try await reconcile.answer(request, call)
            #expect(!alone.hasEvents)
            #expect(
                try Self.texts(alone.total) == [
                    "3.250000000000 USD", "2.000000000000 USD", "none",
                    "RECONCILIATION_CAUSE_OTHER_CHARGE 0.750000000000",
                    "RECONCILIATION_CAUSE_PRICE 0.500000000000",
                ])

            let event = LedgerEventWireTests.event {
                $0.id = "1"
                $0.time = Timestamp(Self.day.advanced(bySeconds: 4_000))
                $0.provider = "openai"
                $0.model = "gpt-6-sol"
                $0.serviceTier = "standard"
                $0.project = "search"
                $0.connection = id
                $0.quantities = [API.Quantity(quantityClass: "input", amount: 400_000)]
                $0.totalTokens = 0
            }
            let results = try await fixture.ingest.answer(
                IngestEventsRequest(events: [event]), call)
            #expect(results.results.map(\.outcome) == [.accepted])
            let report = try await reconcile.answer(request, call)
            #expect(report.rows.map(\.model) == ["", "gpt-6-sol"])
            #expect(report.rows.map(\.lineItem) == ["Storage", ""])
            #expect(report.rows.allSatisfy { $0.day == Self.date && $0.final })
            #expect(
                try Self.texts(report.total) == [
                    "3.250000000000 USD", "2.000000000000 USD", "0.800000000000 USD",
                    "RECONCILIATION_CAUSE_OTHER_CHARGE 0.750000000000",
                    "RECONCILIATION_CAUSE_PRICE 0.500000000000",
                    "RECONCILIATION_CAUSE_MISSING_EVENTS 1.200000000000",
                ])
            #expect(report.unexplained?.amount == "0.000000000000")
            #expect(report.unexplainedShare == "0.000000")
            #expect(report.completeness?.basis == .billed)
            #expect(report.completeness?.provisional == false)
        }
    }

    @Test func requestsAreChecked() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let other = try await fixture.makeCall("other")
            let foreign = try await fixture.makeConnection(provider: "openai", other)
            let own = try await fixture.makeConnection(provider: "openai", call)
            let reconcile = ReconcileConnection(reader: fixture.spendReader)
            let later = API.Date(year: 2027, month: 2, day: 11)
            let cases: [(String, ReconcileConnectionRequest)] = [
                ("ID_MALFORMED connection_id", .init(from: Self.date, through: Self.date)),
                ("DATE_MISSING from", .init(connectionID: own, through: Self.date)),
                (
                    "DAYS_TOO_MANY through",
                    .init(connectionID: own, from: Self.date, through: later)
                ),
                (
                    "CONNECTION_NOT_FOUND connection_id",
                    .init(connectionID: foreign, from: Self.date, through: Self.date)
                ),
            ]
            for (expected, request) in cases {
                let error = await #expect(throws: ServiceError.self) {
                    try await reconcile.answer(request, call)
                }
                #expect("\(error?.reason.rawValue ?? "") \(error?.field ?? "")" == expected)
            }
            let empty = try await reconcile.answer(
                .init(connectionID: own, from: Self.date, through: Self.date), call)
            #expect(empty.rows.isEmpty)
            #expect(empty.unexplainedShare.isEmpty)
        }
    }
}
