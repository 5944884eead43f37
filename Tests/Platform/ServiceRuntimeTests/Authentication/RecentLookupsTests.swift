import Core
import Synchronization
import TestSupport
import Testing

@testable import ServiceRuntime

@Suite struct RecentLookupsTests {
    /// Answers when it is told to, and counts how often it is asked.
    private final class Source: Sendable {
        private let asked = Mutex<[CheckedContinuation<Int?, any Error>]>([])
        private let count = Atomic<Int>(0)

        var askedCount: Int { count.load(ordering: .acquiring) }

        func ask() async throws -> Int? {
            count.add(1, ordering: .acquiringAndReleasing)
            return try await withCheckedThrowingContinuation { waiting in
                asked.withLock { $0.append(waiting) }
            }
        }

        /// Answers the first question that waits, once there is one.
        func answer(_ result: Result<Int?, any Error>) async throws {
            try await until { asked.withLock { !$0.isEmpty } }
            asked.withLock { $0.removeFirst() }.resume(with: result)
        }
    }

    private struct Failed: Error {}

    /// Stands still until it is told otherwise.
    private final class Time: Sendable {
        private let nanoseconds = Atomic<Int64>(1_000_000_000_000)

        var clock: MonotonicClock {
            MonotonicClock { self.nanoseconds.load(ordering: .acquiring) }
        }

        func advance(nanoseconds count: Int64) {
            nanoseconds.add(count, ordering: .acquiringAndReleasing)
        }
    }

    @Test func manyWhoAskAtOnceCauseOneQuestion() async throws {
        let lookups = RecentLookups<String, Int>(clock: Time().clock)
        let source = Source()
        let values = try await withThrowingTaskGroup(of: Int?.self) { tasks in
            for _ in 0..<100 {
                tasks.addTask { try await lookups.value(of: "a") { try await source.ask() }?.value }
            }
            try await source.answer(.success(7))
            return try await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(values == Array(repeating: 7, count: 100))
        #expect(source.askedCount == 1)
        // And it is kept.
        #expect(try await lookups.value(of: "a") { nil }?.value == 7)
    }

    @Test func keysAreAskedForApart() async throws {
        let lookups = RecentLookups<String, Int>(clock: Time().clock)
        #expect(try await lookups.value(of: "a") { 1 }?.value == 1)
        #expect(try await lookups.value(of: "b") { 2 }?.value == 2)
    }

    @Test func whatIsNotFoundOrFailsIsAskedForAgain() async throws {
        let lookups = RecentLookups<String, Int>(clock: Time().clock)
        let missing = try await lookups.value(of: "a") { nil }
        #expect(missing == nil)
        await #expect(throws: Failed.self) {
            try await lookups.value(of: "a") { throw Failed() }
        }
        #expect(try await lookups.value(of: "a") { 3 }?.value == 3)
    }

    /// Counted from when the question was asked, not from when it was answered.
    @Test func whatIsFoundHoldsForASecondFromTheQuestion() async throws {
        let time = Time()
        let lookups = RecentLookups<String, Int>(clock: time.clock)
        let source = Source()
        let asked = time.clock.nanoseconds
        async let found = lookups.value(of: "a") { try await source.ask() }
        try await until { source.askedCount > 0 }
        time.advance(nanoseconds: 400_000_000)
        try await source.answer(.success(1))
        let kept = try #require(try await found)
        #expect(kept.until == MonotonicInstant(nanoseconds: asked + 1_000_000_000))
        time.advance(nanoseconds: 599_999_999)
        #expect(try await lookups.value(of: "a") { 2 }?.value == 1)
        time.advance(nanoseconds: 1)
        #expect(try await lookups.value(of: "a") { 2 }?.value == 2)
    }

    /// An answer that was long under way is nobody's who asks now.
    @Test(.timeLimit(.minutes(1))) func oldQuestionsAreNotJoined() async throws {
        let time = Time()
        let lookups = RecentLookups<String, Int>(clock: time.clock)
        let source = Source()
        async let slow = lookups.value(of: "a") { try await source.ask() }
        try await until { source.askedCount > 0 }
        time.advance(nanoseconds: 1_000_000_000)
        #expect(try await lookups.value(of: "a") { 2 }?.value == 2)
        try await source.answer(.success(1))
        let late = try await slow
        #expect(late?.value == 1)
        #expect(try await lookups.value(of: "a") { 3 }?.value == 2)
    }

    /// What is secret does not stay in memory for want of somebody who asks for it again.
    @Test func whatIsNoLongerGoodIsDroppedWhateverIsAskedFor() async throws {
        let time = Time()
        let lookups = RecentLookups<String, Int>(
            keptForNanoseconds: 100, keptMax: 3, clock: time.clock)
        for key in ["a", "b", "c"] { _ = try await lookups.value(of: key) { 1 } }
        #expect(lookups.count == 3)
        time.advance(nanoseconds: 100)
        _ = try await lookups.value(of: "d") { 1 }
        #expect(lookups.count == 1)
        for key in ["e", "f", "g"] { _ = try await lookups.value(of: key) { 1 } }
        #expect(lookups.count == 1)
    }

    @Test func whatIsForgottenIsAskedForAgain() async throws {
        let lookups = RecentLookups<String, Int>(clock: Time().clock)
        _ = try await lookups.value(of: "a") { 1 }
        lookups.forget("a")
        let source = Source()
        async let old = lookups.value(of: "a") { try await source.ask() }
        try await until { source.askedCount > 0 }
        lookups.forget("a")
        try await source.answer(.success(2))
        #expect(try await old?.value == 2)
        #expect(try await lookups.value(of: "a") { 3 }?.value == 3)
    }

    /// What is secret leaves memory without a look, also what comes while a sweep is under way.
    @Test(.timeLimit(.minutes(3))) func whatIsOldIsDroppedWithoutALook() async throws {
        let lookups = RecentLookups<Int, Int>(keptForNanoseconds: 1_000_000, sweepsByItself: true)
        for round in 0..<20 {
            for key in 0..<5 { _ = try await lookups.value(of: key) { round } }
            lookups.keep(round, of: 5)
            if round.isMultiple(of: 3) { try await until { lookups.count == 0 } }
        }
        try await until { lookups.count == 0 }
    }
}
