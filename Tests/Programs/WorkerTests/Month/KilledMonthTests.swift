import Core
import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// Two workers, killed at any instant, read a month of an account at each provider, with late and restated
/// days, from providers that fail in every way that passes. In the end there is exactly what the simulator
/// says, report by report.
///
/// `TALLY_MONTH_SEED` repeats a run; it is printed where one fails.
struct KilledMonthTests {
    private static let beginning = "2026-10-01T00:00:00Z"
    /// When the workers come to read: the present of a stage. Every hour is final before it is not read again.
    private static let stages = [
        "2026-10-06T09:30:00Z", "2026-10-15T04:10:00Z", "2026-10-24T16:45:00Z",
        "2026-11-02T11:20:00Z",
    ]

    @Test func aMonthOfKillsEndsWithTheSimulatorsTruth() async throws {
        let seed =
            ProcessInfo.processInfo.environment["TALLY_MONTH_SEED"].flatMap { UInt64($0) }
            ?? .random(in: 0 ... .max)
        let beginning = try Instant(rfc3339: Self.beginning).seconds
        let stages = try Self.stages.map { try Instant(rfc3339: $0) }
        let providers = SimulatedProviders(
            seed: seed, beginning: beginning, now: stages[0].seconds, faultsPerMille: 60)
        let pair = WorkerPair(seed: seed)
        try await WorkerBench.with { request in
            await pair.requestArrived()
            let response = providers.respond(request)
            await pair.requestAnswered()
            return response
        } body: { bench in
            for (provider, key) in [
                (ConnectedProvider.openAI, "sk-admin-sim-studio"),
                (.anthropic, "sk-ant-admin01-sim-studio"), (.openRouter, "sk-or-v1-sim-studio"),
            ] {
                _ = try await bench.connect(provider.wire, key: key)
            }
            try await bench.execute(
                "UPDATE connections SET backfill_from = '\(Self.beginning)'")
            for (number, now) in stages.enumerated() {
                providers.stand(at: now.seconds)
                providers.orderTrouble(number, afterRequests: 5 + number)
                try await pair.read(bench, to: now, kills: 4)
                // Of the days that are read once more, one is told anew, and one is taken back.
                let day = now.seconds - now.seconds % 86_400
                providers.restate(day: day - 86_400, perMille: 900)
                if number == 1 { providers.restate(day: day - 2 * 86_400, perMille: 0) }
            }
            // The last restatement is read, too.
            let end = stages[stages.count - 1].advanced(bySeconds: 3600)
            providers.stand(at: end.seconds)
            try await pair.read(bench, to: end, kills: 1)

            let truth = try SimulatorTruth(
                standIn: providers.standIn, account: "studio", beginning: beginning,
                now: end.seconds
            ).lines()
            let stored = try await StoredFigures(bench: bench).lines()
            let missing = truth.subtracting(stored).sorted().prefix(5)
            let surplus = stored.subtracting(truth).sorted().prefix(5)
            #expect(Array(missing) == [], "seed \(seed)")
            #expect(Array(surplus) == [], "seed \(seed)")
            #expect(try await StoredFigures(bench: bench).differencesOfEntries() == [])
            // All of it was there to be read.
            let sources = Set(truth.map { $0.prefix { $0 != " " } })
            #expect(sources.count == 18, "\(sources.sorted())")
            #expect(truth.count > 2000)
            #expect(pair.killed == 17)
        }
    }
}

/// Two `tally-worker` processes that read side by side. Some requests kill one of them, just before the
/// answer, or while what it says is being stored; another one is started at once.
final class WorkerPair: Sendable {
    private struct State {
        var random: SeededRandom
        var running: [Int32: Process] = [:]
        /// Kills that are still to come, each after so many requests.
        var killsAfter: [Int] = []
        var requests = 0
        var killed = 0
        var isDone = false
    }

    private let state: Mutex<State>

    init(seed: UInt64) {
        state = Mutex(State(random: SeededRandom(seed: seed)))
    }

    var killed: Int { state.withLock { $0.killed } }

    func requestArrived() async {
        state.withLock { state in
            state.requests += 1
            guard let next = state.killsAfter.first, state.requests >= next,
                Bool.random(using: &state.random)
            else { return }
            Self.killOne(&state)
        }
    }

    /// Kills a while later, when the page is on its way to the database.
    func requestAnswered() async {
        let pause = state.withLock { state -> Int? in
            guard let next = state.killsAfter.first, state.requests >= next else { return nil }
            return Int.random(in: 0...60, using: &state.random)
        }
        guard let pause else { return }
        Task {
            try await Task.sleep(for: .milliseconds(pause))
            state.withLock { state in
                guard let next = state.killsAfter.first, state.requests >= next else { return }
                Self.killOne(&state)
            }
        }
    }

    private static func killOne(_ state: inout State) {
        // The order is that of the process ids, so that a seed means the same again.
        let alive = state.running.filter { $0.value.isRunning }.keys.sorted()
        guard !state.isDone, let victim = alive.randomElement(using: &state.random) else { return }
        kill(victim, SIGKILL)
        state.running[victim] = nil
        state.killsAfter.removeFirst()
        state.killed += 1
    }

    /// Reads every report to a time, with so many kills on the way.
    func read(_ bench: WorkerBench, to now: Instant, kills: Int) async throws {
        state.withLock { state in
            var after = state.requests
            state.killsAfter = (0..<kills).map { _ in
                after += Int.random(in: 2...12, using: &state.random)
                return after
            }
            state.isDone = false
        }
        // Nobody waits for the next poll.
        try await bench.execute("UPDATE jobs SET due_at = now() WHERE kind = 'pull_connection'")
        do {
            try await withThrowingTaskGroup { group in
                for _ in 0..<2 { group.addTask { try await self.keepOneRunning(bench, now) } }
                group.addTask { try await self.waitUntilRead(bench, now) }
                try await group.waitForAll()
            }
        } catch {
            stop()
            throw error
        }
    }

    /// Starts a worker whenever the one before it ended.
    private func keepOneRunning(_ bench: WorkerBench, _ now: Instant) async throws {
        while true {
            let (ends, end) = AsyncStream<Void>.makeStream()
            let process = KilledWorkerTests.process(
                bench, [], now: now.rfc3339, ["TALLY_CONCURRENCY": "3"])
            process.terminationHandler = { _ in end.finish() }
            let isDone = try state.withLock { state in
                guard !state.isDone else { return true }
                try process.run()
                state.running[process.processIdentifier] = process
                return false
            }
            if isDone { return }
            for await _ in ends {}
            state.withLock { $0.running[process.processIdentifier] = nil }
        }
    }

    private func waitUntilRead(_ bench: WorkerBench, _ now: Instant) async throws {
        let deadline = ContinuousClock.now.advanced(by: .seconds(600))
        let late = """
            SELECT stream || ': ' || last_error FROM connection_checkpoints
            WHERE last_success_at IS DISTINCT FROM '\(now.rfc3339)'::timestamptz
            """
        while true {
            // What failed is tried again at once: how long it waits is another test's.
            try await bench.execute(
                """
                DELETE FROM job_holds;
                UPDATE jobs SET due_at = now() WHERE lease_token IS NULL AND dead_at IS NULL
                    AND last_error IS NOT NULL AND due_at > now()
                """)
            let reports = try await bench.texts(late)
            let isKilled = state.withLock { $0.killsAfter.isEmpty }
            if reports.isEmpty, isKilled { break }
            if reports.isEmpty {
                // Fewer requests than it takes: the stage is read once more.
                try await bench.execute(
                    "UPDATE jobs SET due_at = now() WHERE lease_token IS NULL")
            }
            guard ContinuousClock.now < deadline else {
                throw NotRead(reports: reports.compactMap { $0[0] })
            }
            try await Task.sleep(for: .milliseconds(100))
        }
        stop()
    }

    struct NotRead: Error {
        let reports: [String]
    }

    /// Ends both; what they were at is taken over by those of the next stage.
    private func stop() {
        state.withLock { state in
            state.isDone = true
            state.killsAfter = []
            for process in state.running.values where process.isRunning {
                kill(process.processIdentifier, SIGKILL)
            }
        }
    }
}
