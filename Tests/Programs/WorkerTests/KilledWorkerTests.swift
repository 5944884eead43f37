import API
import Core
import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// Real `tally-worker` processes, killed at a page and started again.
struct KilledWorkerTests {
    private static let program = URL(filePath: CommandLine.arguments[0])
        .deletingLastPathComponent().appending(path: "tally-worker")

    /// A worker that is not started yet.
    static func process(
        _ bench: WorkerBench, _ arguments: [String], now: String, _ more: [String: String] = [:]
    ) -> Process {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        let own = ProcessInfo.processInfo.environment
        var environment = own.filter { !$0.key.hasPrefix("TALLY_") }
        environment["TALLY_MUTANT"] = own["TALLY_MUTANT"]
        environment.merge(bench.environment) { _, new in new }
        environment.merge(more) { _, new in new }
        environment["TALLY_FIXED_NOW"] = now
        process.environment = environment
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        return process
    }

    private func start(
        _ bench: WorkerBench, _ arguments: [String] = ["--once", "--give-up-after", "120"]
    ) throws -> Child {
        let process = Self.process(bench, arguments, now: WorkerBench.now)
        let (ends, end) = AsyncStream<Void>.makeStream()
        process.terminationHandler = { _ in end.finish() }
        try process.run()
        return Child(process: process, ends: ends)
    }

    /// A process whose end is waited for without blocking a thread: the provider needs them.
    private struct Child {
        let process: Process
        let ends: AsyncStream<Void>

        func end() async {
            for await _ in ends {}
        }
    }

    /// Row 12: whoever is killed between two pages, or in the middle of one, loses and doubles
    /// nothing.
    @Test func totalsAreExactAfterKillsAtAnyPage() async throws {
        let victim = Mutex<Int32?>(nil)
        let pages = Mutex<Set<Int>>([3, 5, 8, 9])
        let provider = FakeProvider(
            .random(
                from: try Instant(rfc3339: "2026-11-10T00:00:00Z"),
                through: try Instant(rfc3339: "2026-11-20T12:00:00Z"), seed: 11)
        ) { count in
            guard pages.withLock({ $0.remove(count) }) != nil else { return }
            victim.withLock { id in
                if let id { kill(id, SIGKILL) }
            }
        }
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect()
            var kills = 0
            for _ in 0..<10 {
                let child = try start(bench)
                let process = child.process
                victim.withLock { $0 = process.processIdentifier }
                await child.end()
                if process.terminationReason == .exit {
                    #expect(process.terminationStatus == 0)
                    break
                }
                kills += 1
            }
            #expect(kills == 4)
            let state = provider.state.withLock { $0 }
            #expect(
                try await bench.totals()
                    == WorkerBench.Totals(
                        input: state.totalInput, output: state.totalOutput,
                        picos: String(try state.totalPicos())))
        }
    }

    /// A back-fill, too: its page and how far it is are committed together, or not at all.
    @Test func oneWhoseWorkerIsKilledReadsEveryRowOnce() async throws {
        let victim = Mutex<Int32?>(nil)
        let pages = Mutex<Set<Int>>([])
        let provider = FakeProvider(
            .random(
                from: try Instant(rfc3339: "2026-11-01T00:00:00Z"),
                through: try Instant(rfc3339: "2026-11-20T12:00:00Z"), seed: 14)
        ) { count in
            guard pages.withLock({ $0.remove(count) }) != nil else { return }
            victim.withLock { id in
                if let id { kill(id, SIGKILL) }
            }
        }
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(days: 1)
            #expect(try await bench.readOnce())
            _ = try await bench.service.backfillConnection(
                BackfillConnectionRequest(
                    id: id.text, from: Timestamp(try Instant(rfc3339: "2026-11-01T00:00:00Z"))),
                bench.call)
            let served = provider.state.withLock { $0.pagesServed }
            // The pulls of a dozen reports would be killed instead.
            try await bench.execute("DELETE FROM jobs WHERE kind <> 'read_backfill'")
            pages.withLock { $0 = Set([3, 7, 12].map { served + $0 }) }
            var kills = 0
            for _ in 0..<10 {
                let child = try start(bench)
                let process = child.process
                victim.withLock { $0 = process.processIdentifier }
                await child.end()
                if process.terminationReason == .exit {
                    #expect(process.terminationStatus == 0)
                    break
                }
                kills += 1
            }
            #expect(kills == 3)
            let state = provider.state.withLock { $0 }
            #expect(
                try await bench.totals()
                    == WorkerBench.Totals(
                        input: state.totalInput, output: state.totalOutput,
                        picos: String(try state.totalPicos())))
            let backfills = try await bench.service.listConnectionBackfills(
                ListConnectionBackfillsRequest(id: id.text), bench.call
            ).backfills
            #expect(backfills.map(\.state) == [.done])
        }
    }

    @Test func aWorkerToldToStopEndsAfterItsPageAndLeavesTheRestToOthers() async throws {
        let victim = Mutex<Int32?>(nil)
        let provider = FakeProvider(
            .random(
                from: try Instant(rfc3339: "2026-11-10T00:00:00Z"),
                through: try Instant(rfc3339: "2026-11-20T12:00:00Z"), seed: 12)
        ) { count in
            guard count == 4 else { return }
            victim.withLock { id in
                if let id { kill(id, SIGTERM) }
            }
        }
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect()
            let child = try start(bench, [])
            let process = child.process
            victim.withLock { $0 = process.processIdentifier }
            await child.end()
            #expect(process.terminationReason == .exit)
            #expect(process.terminationStatus == 0)
            let leases = try await bench.texts(
                "SELECT count(*)::text FROM jobs WHERE lease_token IS NOT NULL")
            #expect(leases == [["0"]])
            #expect(try await bench.readOnce())
            let state = provider.state.withLock { $0 }
            #expect(
                try await bench.totals()
                    == WorkerBench.Totals(
                        input: state.totalInput, output: state.totalOutput,
                        picos: String(try state.totalPicos())))
        }
    }
}
