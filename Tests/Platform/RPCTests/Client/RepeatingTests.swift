import API
import Core
import Logging
import RPC
import Synchronization
import Testing
import Wire

@testable import TallyClient

/// Calls of `TallyClient` that fail and are tried again, by a clock that tests move: nobody waits.
@Suite(.timeLimit(.minutes(5)))
struct RepeatingTests {
    /// A server whose calls are away as often as `failures` says, and how often it was called.
    private final class Faults: Sendable {
        private let state: Mutex<(count: Int, failures: Int)>
        private let retryAfter: Duration?

        init(failures: Int, retryAfter: Duration? = nil) {
            state = Mutex((0, failures))
            self.retryAfter = retryAfter
        }

        var callCount: Int { state.withLock { $0.count } }

        func called() throws {
            let isAway = state.withLock { state in
                state.count += 1
                return state.count <= state.failures
            }
            if isAway {
                throw ServiceError(
                    .unavailable, "DATABASE_AWAY", "Try again.", retryAfter: retryAfter)
            }
        }
    }

    private func run(
        _ faults: Faults, retryCountMax: Int = 4,
        _ body: @Sendable (Client, TestTime) async throws -> Void
    ) async throws {
        var router = RPCRouter()
        router.register(Echo.self) { request, _ in
            try faults.called()
            return request
        }
        router.registerServerStreaming(Rows.self) { request, writer, _ in
            if request.text == "late" {
                try await writer.send(TextMessage("first"))
                try faults.called()
            }
            try faults.called()
            try await writer.send(request)
        }
        try await TestServer.run(.loopback(), router: router) { server in
            let time = TestTime()
            var configuration = TallyClientConfiguration(
                address: server.address, security: .plaintext)
            configuration.retryCountMax = retryCountMax
            let client = Client(
                configuration: configuration, logger: Logger(label: "test"), time: time.time)
            do {
                try await body(client, time)
            } catch {
                await client.close()
                throw error
            }
            await client.close()
        }
    }

    private func reason(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? TallyError)?.reason ?? "\(error)"
        }
    }

    @Test func delaysDoubleAndEndWithTheLastRepetition() async throws {
        let faults = Faults(failures: .max)
        try await run(faults) { client, time in
            let outcome = await reason {
                _ = try await client.callRaw(
                    method: Echo.name, bytes: [], options: CallOptions(isIdempotent: true))
            }
            #expect(outcome == "DATABASE_AWAY")
            #expect(faults.callCount == 5)
            // Half of the delay, by the share that `TestTime` draws.
            #expect(time.waits == [50, 100, 200, 400].map { Duration.milliseconds($0) })
        }
    }

    @Test func onlyTheKeyMakesAChangeSafe() async throws {
        let faults = Faults(failures: 1)
        try await run(faults) { client, time in
            let outcome = await reason {
                _ = try await client.callRaw(method: Echo.name, bytes: [])
            }
            #expect(outcome == "DATABASE_AWAY")
            #expect(time.waits == [])
        }
        let others = Faults(failures: 1)
        try await run(others) { client, _ in
            _ = try await client.callRaw(
                method: Echo.name, bytes: [], options: CallOptions(idempotencyKey: "once"))
            #expect(others.callCount == 2)
        }
    }

    @Test func theServersWaitIsWaited() async throws {
        let faults = Faults(failures: 2, retryAfter: .seconds(77))
        try await run(faults) { client, time in
            let answer = try await client.callRaw(
                method: Echo.name, bytes: TextMessage("there").serialized(),
                options: CallOptions(timeout: .seconds(1000), isIdempotent: true))
            #expect(answer == TextMessage("there").serialized())
            #expect(time.waits == [.seconds(77), .seconds(77)])
        }
    }

    /// The time of all attempts counts, and a wait that would reach the deadline is not begun.
    @Test func theDeadlineBoundsRepetitions() async throws {
        let faults = Faults(failures: .max, retryAfter: .seconds(400))
        try await run(faults) { client, time in
            let outcome = await reason {
                _ = try await client.callRaw(
                    method: Echo.name, bytes: [],
                    options: CallOptions(timeout: .seconds(1000), isIdempotent: true))
            }
            #expect(outcome == "DATABASE_AWAY")
            #expect(time.waits == [.seconds(400), .seconds(400)])
        }
    }

    @Test func streamsAreRepeatedUntilTheirFirstResponse() async throws {
        let options = CallOptions(isIdempotent: true)
        let early = Faults(failures: 2)
        try await run(early) { client, time in
            let rows = Mutex<[[UInt8]]>([])
            try await client.serverStreamingRaw(
                method: Rows.name, bytes: TextMessage("row").serialized(), options: options
            ) { row in rows.withLock { $0.append(row) } }
            #expect(rows.withLock { $0 } == [TextMessage("row").serialized()])
            #expect(time.waits.count == 2)
            #expect(early.callCount == 3)
        }
        let late = Faults(failures: 1)
        try await run(late) { client, time in
            let count = Mutex(0)
            let outcome = await reason {
                try await client.serverStreamingRaw(
                    method: Rows.name, bytes: TextMessage("late").serialized(), options: options
                ) { _ in count.withLock { $0 += 1 } }
            }
            #expect(outcome == "DATABASE_AWAY")
            #expect(count.withLock { $0 } == 1)
            #expect(time.waits == [])
            #expect(late.callCount == 1)
        }
    }

    /// A client whose server is not there yet waits for it, whatever it was asked.
    @Test func whatWasNeverSentIsRepeatedInAnyCase() async throws {
        let time = TestTime()
        let client = Client(
            configuration: TallyClientConfiguration(
                address: "unix:/nonexistent", security: .plaintext),
            logger: Logger(label: "test"), time: time.time)
        let outcome = await reason {
            _ = try await client.callRaw(method: Echo.name, bytes: [])
        }
        #expect(outcome == "CONNECT_FAILED")
        #expect(time.waits.count == 4)
    }

    @Test func cancellingEndsTheWait() async throws {
        try await run(Faults(failures: .max)) { client, time in
            time.isStanding = true
            let call = Task {
                try await client.callRaw(
                    method: Echo.name, bytes: [], options: CallOptions(isIdempotent: true))
            }
            await time.waitBegan.wait()
            call.cancel()
            let outcome = await reason { _ = try await call.value }
            #expect(outcome == "CANCELLED")
        }
    }
}
