import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Postgres

@Suite struct DedicatedThreadTests {
    /// Tells which threads worked, and whether two ever did at once.
    private final class Record: Sendable {
        struct State {
            var threads: Set<UInt> = []
            var count = 0
            var isBusy = false
            var wereTwoAtOnce = false
        }

        let state = Mutex(State())

        func work() {
            state.withLock {
                $0.wereTwoAtOnce = $0.wereTwoAtOnce || $0.isBusy
                $0.isBusy = true
                $0.threads.insert(currentThread())
            }
            usleep(200)
            state.withLock {
                $0.isBusy = false
                $0.count += 1
            }
        }
    }

    @Test(.timeLimit(.minutes(2))) func workOfATaskThatPrefersItRunsOnItsThread() async throws {
        let thread = try DedicatedThread()
        let record = Record()
        await withTaskExecutorPreference(thread) {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { record.work() } }
            }
        }
        thread.stop()
        let state = record.state.withLock { $0 }
        #expect(state.threads.count == 1)
        #expect(state.count == 50)
        #expect(!state.wereTwoAtOnce)
    }

    /// What somebody hands in who does not know that the thread ends is not lost, and keeps its turn.
    @Test(.timeLimit(.minutes(2))) func workBehindTheEndRunsAllTheSame() async throws {
        for delay in [0, 0, 0, 1_000, 20_000] as [UInt32] {
            let thread = try DedicatedThread()
            let record = Record()
            thread.perform { record.work() }
            thread.stop()
            usleep(delay)
            for _ in 0..<20 { thread.perform { record.work() } }
            await withTaskExecutorPreference(thread) { record.work() }
            let state = record.state.withLock { $0 }
            #expect(state.count == 22)
            #expect(!state.wereTwoAtOnce)
        }
    }
}

/// Tells the thread that it is called on from all others.
func currentThread() -> UInt { UInt(pthread_self()) }
