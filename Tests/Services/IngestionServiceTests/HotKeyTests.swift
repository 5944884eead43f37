import API
import Core
import Domain
import Logging
import Postgres
import RPC
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

/// Writers of one roll-up, many more than there are connections.
@Suite struct HotKeyTests {
    private static let writerCount = 48
    private static let roundCount = 4
    private static let connectionsMax = 4

    /// Row 15: the pool is never exhausted. Writers of two servers record into one roll-up and correct what they
    /// recorded, each correction in a transaction of its own that waits for the organization's others; none is told
    /// `POOL_EXHAUSTED`, and everything counts once.
    @Test(.timeLimit(.minutes(5))) func hotKeysNeverExhaustThePool() async throws {
        try await ServiceFixture.with { fixture in
            let organization = try await fixture.makeCall().organizationID
            // As many may wait as by default; longer, since the machine of a test may stall.
            let configuration = PostgresConfiguration(
                url: fixture.database.url, connectionsMax: Self.connectionsMax,
                waitMax: .seconds(30), connectSecondsMax: 60)
            let servers = (0..<2).map { _ in
                ServiceFixture(
                    database: fixture.database,
                    pool: PostgresPool(
                        configuration: configuration, logger: Logger(label: "test")),
                    cipher: fixture.cipher, keySource: fixture.keySource, keys: fixture.keys)
            }
            let failures = await withTaskGroup(of: [String].self) { group in
                for writer in 0..<Self.writerCount {
                    group.addTask { await Self.write(writer, servers, organization) }
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            for server in servers { await server.pool.shutdown() }
            #expect(failures == [])
            // Of input, each comes to 30 at last, at 2 USD per million.
            let count = Self.writerCount * Self.roundCount
            let session = try await fixture.database.session()
            let sums = try await session.texts(
                """
                SELECT count(*), sum(entries), sum(requests), sum(input), sum(amount_picos)
                FROM current_usage_rollups
                """)
            await session.close()
            #expect(
                sums.map { $0.map { $0 ?? "" } } == [
                    ["1", "\(count)", "\(count)", "\(count * 30)", "\(count * 60_000_000)"]
                ])
            #expect(try await fixture.count("ledger_entries") == 2 * count)
        }
    }

    /// Answers with what should not have been.
    private static func write(
        _ writer: Int, _ servers: [ServiceFixture], _ organization: OrganizationID
    ) async -> [String] {
        var failures: [String] = []
        for round in 0..<roundCount {
            let server = servers[(writer + round) % servers.count]
            let call = server.call(of: organization)
            let event = LedgerEventWireTests.event {
                $0.id = "\(writer)/\(round)"
                $0.quantities = [API.Quantity(quantityClass: "input", amount: 10)]
                $0.totalTokens = 10
            }
            let correction = EventCorrection(
                source: event.source, id: event.id,
                quantities: [API.Quantity(quantityClass: "input", amount: 30)], reason: "r")
            do {
                let recorded = try await server.ingest.answer(
                    IngestEventsRequest(events: [event]), call)
                if recorded.results.map(\.outcome) != [.accepted] {
                    failures.append("\(event.id): \(recorded.results.map(\.reason))")
                }
                let changes = ChangeEvents(ledger: server.ledger, catalogues: server.catalogues)
                let corrected = try await changes.correct(
                    CorrectEventsRequest(corrections: [correction]), call)
                if corrected.results.map(\.outcome) != [.changed] {
                    failures.append("\(event.id): \(corrected.results.map(\.reason))")
                }
            } catch {
                failures.append("\(event.id): \(error)")
            }
        }
        return failures
    }
}
