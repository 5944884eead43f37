import API
import Core
import Domain
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// Answers that are larger than may be read.
@Suite struct NarrowedSpanTests {
    private static let from = "2026-11-01T00:00:00Z"

    private static func provider() throws -> FakeProvider {
        FakeProvider(
            .random(
                from: try Instant(rfc3339: from),
                through: try Instant(rfc3339: "2026-11-20T12:00:00Z"), seed: 71))
    }

    /// Answers with more than a page may have where it has more than so many buckets.
    private static func padded(
        _ response: StubHTTPServer.Response, bucketsMax: Int, _ tooLarge: borrowing Atomic<Int>
    ) -> StubHTTPServer.Response {
        let body = String(decoding: response.body, as: UTF8.self)
        let buckets = body.split(separator: "\"results\":", omittingEmptySubsequences: false)
        guard buckets.count - 1 > bucketsMax else { return response }
        tooLarge.add(1, ordering: .relaxed)
        return .init(
            status: response.status, body: body + String(repeating: " ", count: 70_000))
    }

    private static let environment = ["TALLY_PROVIDER_ANSWER_BYTES_MAX": "65536"]

    /// Less is asked for until it fits, by pulls and by back-fills, and every row is read once.
    @Test func lessIsAskedForUntilItFits() async throws {
        let provider = try Self.provider()
        let tooLarge = Counter()
        try await WorkerBench.with({ request in
            Self.padded(await provider.respond(request), bucketsMax: 9, tooLarge.count)
        }) { bench in
            let id = try await bench.connect(days: 10)
            #expect(try await bench.readOnce(Self.environment))
            #expect(try await bench.connection(id).health == .healthy)
            // By halves, once a report, and not again for each window or turn.
            #expect((2...14).contains(tooLarge.count.load(ordering: .relaxed)))
            _ = try await bench.service.backfillConnection(
                BackfillConnectionRequest(
                    id: id.text, from: Timestamp(try Instant(rfc3339: Self.from)),
                    through: Timestamp(try Instant(rfc3339: "2026-11-19T00:00:00Z"))),
                bench.call)
            #expect(try await bench.readOnce(Self.environment))
            let state = provider.state.withLock { $0 }
            #expect(
                try await bench.totals()
                    == WorkerBench.Totals(
                        input: state.totalInput, output: state.totalOutput,
                        picos: String(try state.totalPicos())))
            #expect(state.changedParameters == 0)
        }
    }

    /// What does not fit at all is said, with the remedy, and looked at again after a while.
    @Test func aSingleBucketThatDoesNotFitIsSaid() async throws {
        let provider = try Self.provider()
        let tooLarge = Counter()
        try await WorkerBench.with({ request in
            Self.padded(await provider.respond(request), bucketsMax: 0, tooLarge.count)
        }) { bench in
            let id = try await bench.connect(days: 3)
            #expect(try await !bench.readOnce(Self.environment))
            let connection = try await bench.connection(id)
            #expect(connection.health == .degraded)
            #expect(connection.lastError.contains("TALLY_PROVIDER_ANSWER_BYTES_MAX"))
            let jobs = try await bench.texts(
                """
                SELECT DISTINCT last_error FROM jobs
                WHERE kind = 'pull_connection' AND key ~ '/(usage|costs)$'
                """)
            #expect(jobs == [["PROVIDER_ANSWER_TOO_LARGE"]])
        }
    }

    private final class Counter: Sendable {
        let count = Atomic(0)
    }
}
