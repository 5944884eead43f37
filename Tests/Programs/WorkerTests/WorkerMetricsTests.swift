import Jobs
import Telemetry
import TestSupport
import Testing

@testable import Worker

/// What a worker shows beside its log.
@Suite struct WorkerMetricsTests {
    private static let day: Double = 86_400

    private static func age(_ metrics: WorkerMetrics, _ registry: PrometheusRegistry) async
        -> Double?
    {
        guard await metrics.refresh() else { return nil }
        let prefix = "tally_price_catalogue_age_seconds "
        return registry.exposition().split(separator: "\n").first { $0.hasPrefix(prefix) }
            .flatMap { Double($0.dropFirst(prefix.count)) }
    }

    /// Row 30: prices that grow old are seen, whether their feed is refused, stands still or is not fetched; by the
    /// day that the file is of, so that an old file that comes late is not taken for a new one.
    @Test func theAgeOfPricesIsShown() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { worker in
            let registry = PrometheusRegistry()
            let metrics = WorkerMetrics(
                registry: registry, queue: JobQueue(pool: worker.pool, owner: "test"),
                pool: worker.pool, kinds: [])
            #expect(await Self.age(metrics, registry) == 0)
            try await worker.execute(
                """
                INSERT INTO price_catalogues (source, checksum, imported_at)
                VALUES ('undated', sha256('1'), now() - interval '40 days')
                """)
            let undated = try #require(await Self.age(metrics, registry))
            #expect((40 * Self.day...41 * Self.day).contains(undated))
            try await worker.execute(
                """
                INSERT INTO price_catalogues (source, checksum, imported_at, as_of)
                VALUES ('dated', sha256('2'), now(), (now() AT TIME ZONE 'UTC')::date - 3)
                """)
            let dated = try #require(await Self.age(metrics, registry))
            #expect((3 * Self.day...4 * Self.day + 600).contains(dated))
            // A day that somebody mistyped does not silence the alarm until it comes.
            try await worker.execute(
                """
                INSERT INTO price_catalogues (source, checksum, imported_at, as_of)
                VALUES ('ahead', sha256('3'), now() - interval '40 days', now()::date + 400)
                """)
            let ahead = try #require(await Self.age(metrics, registry))
            #expect((40 * Self.day...41 * Self.day).contains(ahead))
        }
    }
}
