import Core
import Domain
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Worker

/// Real `tally-worker` processes, killed at a page and started again.
struct KilledWorkerTests {
    private static let program = URL(filePath: CommandLine.arguments[0])
        .deletingLastPathComponent().appending(path: "tally-worker")

    private func start(_ bench: WorkerBench) throws -> Process {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = ["--once", "--give-up-after", "120"]
        var environment = ProcessInfo.processInfo.environment
            .filter { !$0.key.hasPrefix("TALLY_") }
        environment.merge(bench.environment) { _, new in new }
        environment["TALLY_FIXED_NOW"] = WorkerBench.now
        process.environment = environment
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Whoever is killed between two pages, or in the middle of one, loses and doubles nothing.
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
                let process = try start(bench)
                victim.withLock { $0 = process.processIdentifier }
                process.waitUntilExit()
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
}
