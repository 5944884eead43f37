import API
import Core
import Domain
import Jobs
import Logging
import Notifications
import Postgres
import Providers
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// What operators are told of pulls that fail, and how long a provider is left alone.
@Suite struct PullNoticeTests {
    private final class Notices: Notifier {
        private let told = Mutex<[ConnectionNotice.Kind]>([])
        var kinds: [ConnectionNotice.Kind] { told.withLock { $0 } }

        func notify(_ notice: ConnectionNotice, _ logger: Logger) async {
            told.withLock { $0.append(notice.kind) }
        }

        func notify(_ notice: RollupNotice, _ logger: Logger) async {}
    }

    /// Failures of a report of the connection, one after the other.
    /// - Returns: what its job comes to with each.
    @discardableResult
    private static func fail(
        _ id: ConnectionID, _ stream: PullStream, times: Int, _ bench: WorkerBench,
        _ notices: Notices, _ error: ProviderError = ProviderError(.unavailable)
    ) async throws -> [JobOutcome] {
        let organization = bench.organization
        let key = CheckpointKey(
            organizationID: organization, connectionID: id, stream: stream)
        let database = WorkerDatabase(pool: bench.pool)
        let log = bench.log
        let failures = PullFailures(
            database: database, notifier: notices,
            pace: PullPace(pollInterval: .seconds(600), pagePause: .zero),
            clock: .fixed(try Instant(rfc3339: WorkerBench.now)),
            logger: Logger(label: "test") { _ in log })
        var outcomes: [JobOutcome] = []
        for _ in 0..<times {
            try await bench.execute(
                """
                UPDATE jobs SET lease_token = NULL, lease_owner = NULL, attempt = 0,
                    due_at = CASE WHEN key = '\(id.text)/\(stream.rawValue)'
                        THEN now() - interval '1 hour' ELSE now() + interval '1 day' END
                """)
            let job = try #require(
                try await JobQueue(pool: bench.pool, owner: "test").claim(
                    [PullConnection.kind], limit: 1, lease: .seconds(600)
                ).first)
            let pulled = try #require(
                try await database.transaction(for: organization) {
                    try await $0.first(SelectPulledConnection(key))
                })
            outcomes.append(
                try await failures.record(
                    .provider(error),
                    of: PullConnectionWorker.Pull(
                        job: job, key: key, connection: pulled.connection,
                        checkpoint: pulled.checkpoint,
                        run: PullRun(key, worker: "test", now: .init(seconds: 0)))))
        }
        return outcomes
    }

    /// With the third failure of whichever report it is first.
    @Test func aDegradedConnectionIsToldOnceUntilItIsWell() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect()
            let notices = Notices()
            for (stream, times, count) in [
                (.costs, 2, 0), (.usage, 2, 0), (.usage, 1, 1), (.usage, 2, 1), (.costs, 5, 1),
            ] as [(PullStream, Int, Int)] {
                try await Self.fail(id, stream, times: times, bench, notices)
                #expect(notices.kinds.count == count, "\(stream.rawValue) \(times)")
            }
            try await bench.execute(
                "UPDATE jobs SET lease_token = NULL, lease_owner = NULL, due_at = now()")
            #expect(try await bench.readOnce())
            #expect(try await bench.connection(id).health == .healthy)
            try await Self.fail(id, .usage, times: 3, bench, notices)
            #expect(notices.kinds == [.degraded, .degraded])
        }
    }

    private static let names = PullStream(rawValue: "names/projects")
    private static let namesPath = "/v1/organization/projects"
    private static let usagePath = "/v1/organization/usage/completions"

    /// A mark of before lists and figures were told apart goes with the next figures that are well, and silences none
    /// that fail afterwards.
    @Test func anOldMarkOfListsSilencesNoFigures() async throws {
        let provider = FakeProvider(.init())
        provider.state.withLock { $0.failing = (Self.namesPath, 404) }
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(streams: [.usage, .costs, Self.names])
            let notices = Notices()
            try await Self.fail(id, Self.names, times: 3, bench, notices)
            try await bench.execute(
                """
                UPDATE connections SET told_degraded_at = told_lists_degraded_at, told_lists_degraded_at = NULL;
                UPDATE jobs SET lease_token = NULL, lease_owner = NULL, due_at = now()
                """)
            // The list fails on.
            #expect(try await !bench.readOnce())
            #expect(
                try await bench.texts("SELECT told_degraded_at::text FROM connections") == [[nil]])
            try await Self.fail(id, .usage, times: 3, bench, notices)
            #expect(notices.kinds == [.degraded, .degraded])
        }
    }

    /// Nobody waits for a list of names, so the connection is healthy while it fails.
    @Test func namesThatFailSilenceNoLaterTrouble() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect(streams: [.usage, .costs, Self.names])
            let notices = Notices()
            try await Self.fail(id, Self.names, times: 3, bench, notices)
            #expect(notices.kinds == [.degraded])
            try await bench.execute(
                "UPDATE jobs SET lease_token = NULL, lease_owner = NULL, due_at = now()")
            #expect(try await bench.readOnce())
            #expect(try await bench.connection(id).health == .healthy)
            try await Self.fail(id, .usage, times: 3, bench, notices)
            #expect(notices.kinds == [.degraded, .degraded])
            // What figures wait for is well again, and the names are not: nothing of theirs is news.
            try await Self.fail(id, Self.names, times: 3, bench, notices)
            #expect(notices.kinds == [.degraded, .degraded])
        }
    }

    @Test func aListThatFailsSilencesNoFigures() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect(streams: [.usage, .costs, Self.names])
            let notices = Notices()
            for (stream, count) in [(Self.names, 1), (.usage, 2), (Self.names, 2), (.costs, 2)] {
                try await Self.fail(id, stream, times: 3, bench, notices)
                #expect(notices.kinds.count == count, "\(stream.rawValue)")
            }
        }
    }

    /// Figures that are well again tell nothing as long as a list fails that was told of, too: be it that it is not
    /// there, or that the key may not read it.
    @Test(arguments: [(404, ProviderError(.notFound)), (401, ProviderError(.keyRefused))])
    func recoveryIsToldOnceAllIsWellThatWasTold(
        status: Int, error: ProviderError
    ) async throws {
        try await withHook { bench, provider, hook in
            let webhook = hook.setting
            let recoveries = { hook.count("connection.recovered") }
            let id = try await bench.connect(streams: [.usage, .costs, Self.names])
            let notices = Notices()
            try await Self.fail(id, Self.names, times: 3, bench, notices, error)
            try await Self.fail(id, .usage, times: 3, bench, notices)
            #expect(notices.kinds == [status == 401 ? .keyRefused : .degraded, .degraded])
            try await bench.execute(
                "UPDATE jobs SET lease_token = NULL, lease_owner = NULL, due_at = now()")
            provider.state.withLock { $0.failing = (Self.namesPath, status) }
            #expect(try await !bench.readOnce(webhook))
            #expect(try await bench.connection(id).health == .healthy)
            #expect(recoveries() == 0)

            provider.state.withLock { $0.failing = nil }
            #expect(try await bench.readOnce(webhook, now: "2026-11-20T12:50:00Z"))
            #expect(recoveries() == 1)
            #expect(try await bench.readOnce(webhook, now: "2026-11-20T13:50:00Z"))
            #expect(recoveries() == 1)
        }
    }

    /// Where a worker tells operators.
    private struct Hook: Sendable {
        let setting: [String: String]
        let box: NoticeBox

        func count(_ kind: String) -> Int { box.bodies.count { $0.contains(kind) } }
    }

    private func withHook(
        _ body: @Sendable (WorkerBench, FakeProvider, Hook) async throws -> Void
    ) async throws {
        let provider = FakeProvider(.init())
        let box = NoticeBox()
        let server = try await StubHTTPServer { request in
            box.append(request)
            return .init(status: 204)
        }
        let hook = Hook(
            setting: ["TALLY_OPERATOR_WEBHOOK_URL": server.baseURL + "/hook"], box: box)
        do {
            try await WorkerBench.with(provider) { try await body($0, provider, hook) }
        } catch {
            try? await server.close()
            throw error
        }
        try await server.close()
    }

    /// A worker that looks at what fails a quarter of an hour after the other.
    @Test(arguments: [402, 404])
    func whatWaitingDoesNotMendIsToldAtItsThirdLook(status: Int) async throws {
        try await withHook { bench, provider, hook in
            _ = try await bench.connect()
            provider.state.withLock { $0.failing = (Self.usagePath, status) }
            for count in [0, 0, 1, 1] {
                #expect(try await !bench.readOnce(hook.setting))
                #expect(hook.count("connection.degraded") == count)
            }
            provider.state.withLock { $0.failing = nil }
            #expect(try await bench.readOnce(hook.setting))
            #expect(hook.count("connection.recovered") == 1)
        }
    }

    /// The first window of what is read again brings the report no further.
    @Test func aSecondWindowThatFailsIsToldAtItsThirdLook() async throws {
        let middle = try Instant(rfc3339: "2026-11-10T00:00:00Z")
        try await withHook { bench, provider, hook in
            _ = try await bench.connect(days: 45)
            #expect(try await bench.readOnce(hook.setting))
            provider.state.withLock { $0.failingCosts = (middle, 404) }
            for count in [0, 0, 1, 1] {
                #expect(try await !bench.readOnce(hook.setting))
                #expect(hook.count("connection.degraded") == count)
            }
            provider.state.withLock { $0.failingCosts = nil }
            #expect(try await bench.readOnce(hook.setting))
            #expect(hook.count("connection.recovered") == 1)
        }
    }

    /// Two failures are no news, and so is their end.
    @Test func whatWasNotToldHasNoRecovery() async throws {
        try await withHook { bench, provider, hook in
            let id = try await bench.connect()
            #expect(try await bench.readOnce(hook.setting))
            provider.state.withLock { $0.failing = (Self.usagePath, 404) }
            for _ in 0..<2 { #expect(try await !bench.readOnce(hook.setting)) }
            #expect(try await bench.connection(id).health == .degraded)
            provider.state.withLock { $0.failing = nil }
            #expect(try await bench.readOnce(hook.setting))
            #expect(try await bench.connection(id).health == .healthy)
            #expect(hook.box.bodies.isEmpty)
        }
    }

    enum Change: CaseIterable {
        case key, rest, record
    }

    /// A key or a rest lets trouble be news again; what was told before is over once all is well all the same.
    @Test(arguments: Change.allCases, ["usage/completions", "projects"])
    func recoveryIsToldWhateverWasChangedMeanwhile(_ change: Change, path: String) async throws {
        try await withHook { bench, provider, hook in
            let id = try await bench.connect(streams: [.usage, .costs, Self.names])
            provider.state.withLock { $0.failing = ("/v1/organization/\(path)", 404) }
            for _ in 0..<3 { #expect(try await !bench.readOnce(hook.setting)) }
            #expect(hook.count("connection.degraded") == 1)
            switch change {
            case .key: _ = try await bench.replaceKey(id, "sk-admin-another-key-wxyz")
            case .rest:
                try await bench.change {
                    try await $0.pauseConnection(PauseConnectionRequest(id: id.text), $1)
                }
                try await bench.change {
                    try await $0.resumeConnection(ResumeConnectionRequest(id: id.text), $1)
                }
            case .record:
                // What fails is not read any more.
                try await bench.change {
                    try await $0.updateConnection(
                        UpdateConnectionRequest(
                            id: id.text, recordOf: .billing, updateMask: ["record_of"]), $1)
                }
            }
            if change != .record {
                #expect(try await !bench.readOnce(hook.setting))
                #expect(hook.count("connection.recovered") == 0)
                provider.state.withLock { $0.failing = nil }
            }
            for now in ["2026-11-20T12:50:00Z", "2026-11-20T13:50:00Z"] {
                #expect(try await bench.readOnce(hook.setting, now: now))
                #expect(hook.count("connection.recovered") == 1)
            }
            #expect(hook.count("connection.degraded") == 1)
        }
    }

    /// Nobody is told that a connection is well while its figures are not, be it that these are no news yet.
    @Test func aListThatIsWellWaitsForFigures() async throws {
        try await withHook { bench, provider, hook in
            _ = try await bench.connect(streams: [.usage, .costs, Self.names])
            provider.state.withLock { $0.failing = (Self.namesPath, 404) }
            for _ in 0..<3 { #expect(try await !bench.readOnce(hook.setting)) }
            #expect(hook.count("connection.degraded") == 1)
            provider.state.withLock { $0.failing = (Self.usagePath, 404) }
            #expect(try await !bench.readOnce(hook.setting, now: "2026-11-20T12:50:00Z"))
            #expect(hook.count("connection.recovered") == 0)
            provider.state.withLock { $0.failing = nil }
            #expect(try await bench.readOnce(hook.setting, now: "2026-11-20T13:50:00Z"))
            #expect(hook.count("connection.recovered") == 1)
            #expect(hook.count("connection.degraded") == 1)
        }
    }

    @Test func aRefusedListOfNamesIsToldOnce() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect(streams: [.usage, .costs, Self.names])
            let notices = Notices()
            for _ in 1...3 {
                try await Self.fail(
                    id, Self.names, times: 1, bench, notices, ProviderError(.keyRefused))
            }
            #expect(notices.kinds == [.keyRefused])
            try await Self.fail(
                id, .usage, times: 1, bench, notices, ProviderError(.keyRefused))
            #expect(notices.kinds == [.keyRefused, .keyRefused])
        }
    }

    @Test func anotherKeyOrARestLetsTroubleBeNews() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect()
            let notices = Notices()
            let fails = { (stream: PullStream, count: Int) in
                try await Self.fail(id, stream, times: 3, bench, notices)
                #expect(notices.kinds.count == count)
            }
            try await fails(.costs, 1)
            _ = try await bench.replaceKey(id, "sk-admin-another-key-wxyz")
            try await fails(.costs, 2)
            try await fails(.costs, 2)
            for isPaused in [true, false] {
                try await bench.change { service, call in
                    isPaused
                        ? try await service.pauseConnection(
                            PauseConnectionRequest(id: id.text), call)
                        : try await service.resumeConnection(
                            ResumeConnectionRequest(id: id.text), call)
                }
            }
            try await fails(.costs, 3)
            // The bill is not pulled any more: what fails afterwards is another thing.
            try await bench.change { service, call in
                try await service.updateConnection(
                    UpdateConnectionRequest(
                        id: id.text, recordOf: .attribution, updateMask: ["record_of"]), call)
            }
            try await fails(.usage, 4)
            // A change of its name is none.
            try await bench.change { service, call in
                try await service.updateConnection(
                    UpdateConnectionRequest(
                        id: id.text, displayName: "Other", updateMask: ["display_name"]), call)
            }
            try await fails(.usage, 4)
        }
    }

    @Test func aProviderIsLeftAloneForAsLongAsItAsks() async throws {
        try await WorkerBench.with(FakeProvider(.init())) { bench in
            let id = try await bench.connect()
            for (seconds, minutes) in [(86_400, 1440), (90, 2)] as [(Int64, Int)] {
                let outcomes = try await Self.fail(
                    id, .usage, times: 1, bench, Notices(),
                    ProviderError(.rateLimited, status: 429, retryAfter: .seconds(seconds)))
                #expect(
                    outcomes == [
                        .throttled(
                            reason: "PROVIDER_RATE_LIMITED", retryAfter: .seconds(seconds))
                    ])
                let said = try await bench.connection(id).lastError
                #expect(said.contains("\(minutes) minutes") && said.contains("--break-rest"))
            }
        }
    }
}
