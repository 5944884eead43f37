import Core
import Domain
import Ledger
import Synchronization
import TestSupport
import Testing

@testable import IngestionService

/// Calls of one organization share commits, and nothing else.
@Suite struct EventBatchesTests {
    private static let organization = OrganizationID.make()

    /// What was written together, and a gate that writing waits at.
    private final class Ledger: Sendable {
        private struct State {
            var batches: [[String]] = []
            var underway = 0
            var isShut = true
            var waiting: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        var batches: [[String]] { state.withLock(\.batches) }

        /// Fails where an event is called `bad`; so does two writes at once. Refuses a call whose event is
        /// called `toomany`.
        @Sendable func write(
            _ shares: [EventShare]
        ) async throws -> [Result<[EventOutcome], ServiceError>] {
            let ids = shares.flatMap(\.events).map(\.event.id)
            state.withLock { state in
                state.underway += 1
                #expect(state.underway == 1)
                state.batches.append(ids)
            }
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    if state.isShut { state.waiting.append(continuation) }
                    return !state.isShut
                }
                if isOpen { continuation.resume() }
            }
            state.withLock { $0.underway -= 1 }
            if ids.contains("away") { throw ServiceError(.unavailable, "AWAY", "Away.") }
            if ids.contains("bad") { throw ServiceError(.outOfRange, "BAD", "Bad.") }
            return shares.map { share in
                let ids = share.events.map(\.event.id)
                if ids.contains("toomany") {
                    return .failure(
                        ServiceError(
                            .resourceExhausted, "TOKEN_EVENTS_PER_DAY_EXCEEDED", "Too many."))
                }
                return .success(
                    ids.map { $0.hasPrefix("known") ? .duplicate : .accepted(isUnpriced: true) })
            }
        }

        func shut() {
            state.withLock { $0.isShut = true }
        }

        func open() {
            let waiting = state.withLock { state in
                state.isShut = false
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        /// Until the first call's events are being written.
        func begun() async throws {
            try await until { !batches.isEmpty }
        }
    }

    private func events(_ ids: [String]) throws -> [PricedEvent] {
        try ids.map { id in
            try PricedEvent(
                LedgerEvent(
                    id: id, time: Instant(seconds: 0),
                    dimensions: DimensionSet(provider: "p", model: "m")),
                calculator: CostCalculator(catalogue: .empty), keys: AwayKeys())
        }
    }

    /// Begins with a call that writing holds up, queues the others one after another, and answers with
    /// what each got.
    private func answers(
        _ calls: [[String]], eventsMax: Int = 10, _ ledger: Ledger, cancelling: Int? = nil
    ) async throws -> [Result<[EventOutcome], any Error>] {
        let batches = EventBatches(eventsMax: eventsMax)
        var tasks: [Task<[EventOutcome], any Error>] = []
        for (index, ids) in calls.enumerated() {
            let events = try events(ids)
            tasks.append(
                Task {
                    // Each by a token of its own, every other one with a quota.
                    let quota = TokenEventQuota(tokenID: "\(index)", eventsPerDayMax: 10)
                    return try await batches.record(
                        events, of: Self.organization,
                        quota: index.isMultiple(of: 2) ? nil : quota, write: ledger.write)
                })
            if index == 0 {
                try await ledger.begun()
            } else {
                try await until { batches.waitingCount(of: Self.organization) == index }
            }
        }
        if let cancelling {
            tasks[cancelling].cancel()
            _ = await tasks[cancelling].result
        }
        ledger.open()
        var results: [Result<[EventOutcome], any Error>] = []
        for task in tasks { results.append(await task.result) }
        return results
    }

    @Test func whatComesMeanwhileSharesTheNextCommit() async throws {
        let ledger = Ledger()
        let answers = try await answers([["a"], ["b", "known"], ["c"], ["known2"]], ledger)
        let new = EventOutcome.accepted(isUnpriced: true)
        #expect(
            try answers.map { try $0.get() } == [[new], [new, .duplicate], [new], [.duplicate]])
        #expect(ledger.batches == [["a"], ["b", "known", "c", "known2"]])
    }

    /// A commit takes so many events, but a call of more is not cut.
    @Test func commitsAreLimited() async throws {
        let ledger = Ledger()
        _ = try await answers(
            [["a"], ["b", "c"], ["d"], ["e", "f", "g", "h"], ["i"]], eventsMax: 3, ledger)
        #expect(ledger.batches == [["a"], ["b", "c", "d"], ["e", "f", "g", "h"], ["i"]])
    }

    /// Of two calls that shared a commit, the first to come again does not get one for itself.
    @Test func whoSharedACommitSharesTheNext() async throws {
        let ledger = Ledger()
        // Longer than any test: only the second call ends the waiting.
        let batches = EventBatches(gatherMax: .seconds(86_400))
        try await shareCommit(batches, ledger)
        async let fourth = batches.record(
            try events(["d"]), of: Self.organization, write: ledger.write)
        try await until {
            batches.waitingCount(of: Self.organization) == 1 || ledger.batches.count == 3
        }
        async let fifth = batches.record(
            try events(["e"]), of: Self.organization, write: ledger.write)
        _ = try await (fourth, fifth)
        #expect(ledger.batches == [["a"], ["b", "c"], ["d", "e"]])
    }

    /// Where all who send shared a commit, the next begins with half of them; those take turns with the others, and
    /// are waited for as such.
    @Test func whoSendsTakesTurnsWithTheOthers() async throws {
        let ledger = Ledger()
        // Longer than any test: only calls end the waiting.
        let batches = EventBatches(eventsMax: 100, gatherMax: .seconds(86_400))
        func send(_ ids: [String]) async throws -> [Task<[EventOutcome], any Error>] {
            var tasks: [Task<[EventOutcome], any Error>] = []
            for id in ids {
                let events = try events([id])
                let (before, written) = (
                    batches.waitingCount(of: Self.organization), ledger.batches.count
                )
                tasks.append(
                    Task {
                        try await batches.record(
                            events, of: Self.organization, write: ledger.write)
                    })
                try await until {
                    batches.waitingCount(of: Self.organization) > before
                        || ledger.batches.count > written
                }
            }
            return tasks
        }
        var tasks = try await send(["first"])
        let all = (0..<16).map { "all-\($0)" }
        tasks += try await send(all)
        ledger.open()
        for task in tasks { _ = try await task.value }
        ledger.shut()
        let half = (0..<8).map { "half-\($0)" }
        tasks = try await send(half)
        try await until { ledger.batches.count == 3 }
        let others = (0..<8).map { "others-\($0)" }
        tasks += try await send(others)
        ledger.open()
        for task in tasks { _ = try await task.value }
        #expect(ledger.batches == [["first"], all, half, others])
    }

    /// Those who do not come again are not waited for without end.
    @Test func waitingForCallsEnds() async throws {
        let ledger = Ledger()
        let batches = EventBatches(gatherMax: .milliseconds(1))
        try await shareCommit(batches, ledger)
        _ = try await batches.record(events(["d"]), of: Self.organization, write: ledger.write)
        #expect(ledger.batches == [["a"], ["b", "c"], ["d"]])
        try await until { batches.isIdle }
    }

    /// Small calls share a commit without waiting for longer than 5 ms: so long, and once, the next commit waits for
    /// those who shared the last, by what servers run with.
    @Test func nobodyWaitsLongerThanFiveMilliseconds() async throws {
        let ledger = Ledger()
        let pauses = Mutex<[Duration]>([])
        let batches = EventBatches(pause: { pause in pauses.withLock { $0.append(pause) } })
        try await shareCommit(batches, ledger)
        _ = try await batches.record(events(["d"]), of: Self.organization, write: ledger.write)
        try await until { batches.isIdle }
        #expect(ledger.batches == [["a"], ["b", "c"], ["d"]])
        let asked = pauses.withLock(\.self)
        #expect(asked.count == 1)
        #expect(asked.allSatisfy { $0 > .zero && $0 <= .milliseconds(5) }, "\(asked)")
    }

    /// A call that comes while nobody writes is begun at once, also where one call came just before.
    @Test(.timeLimit(.minutes(1))) func aLoneCallIsBegunWithoutWaiting() async throws {
        let ledger = Ledger()
        ledger.open()
        let pauses = Mutex<[Duration]>([])
        // Longer than any test: who waits never ends.
        let batches = EventBatches(gatherMax: .seconds(86_400)) { pause in
            pauses.withLock { $0.append(pause) }
            try await Task.sleep(for: pause)
        }
        for id in ["a", "b", "c"] {
            _ = try await batches.record(events([id]), of: Self.organization, write: ledger.write)
        }
        #expect(ledger.batches == [["a"], ["b"], ["c"]])
        #expect(pauses.withLock(\.self) == [])
        try await until { batches.isIdle }
    }

    /// Has `b` and `c` written together, behind `a`.
    private func shareCommit(_ batches: EventBatches, _ ledger: Ledger) async throws {
        async let first = batches.record(
            try events(["a"]), of: Self.organization, write: ledger.write)
        try await ledger.begun()
        async let second = batches.record(
            try events(["b"]), of: Self.organization, write: ledger.write)
        try await until { batches.waitingCount(of: Self.organization) == 1 }
        async let third = batches.record(
            try events(["c"]), of: Self.organization, write: ledger.write)
        try await until { batches.waitingCount(of: Self.organization) == 2 }
        ledger.open()
        _ = try await (first, second, third)
    }

    /// A call that the ledger refuses fails alone.
    @Test func oneCallsFaultIsItsOwn() async throws {
        let ledger = Ledger()
        let answers = try await answers([["a"], ["b"], ["bad"], ["c"]], ledger)
        #expect(answers.map { (try? $0.get())?.count } == [1, 1, nil, 1])
        #expect(throws: ServiceError.self) { try answers[2].get() }
        #expect(ledger.batches == [["a"], ["b", "bad", "c"], ["b"], ["bad"], ["c"]])
    }

    /// One that would bring more than it may is refused, and its neighbours' commit stands.
    @Test func whoBringsTooManyIsRefusedAlone() async throws {
        let ledger = Ledger()
        let answers = try await answers([["a"], ["b"], ["toomany", "c"], ["d", "e"]], ledger)
        #expect(answers.map { (try? $0.get())?.count } == [1, 1, nil, 2])
        #expect(throws: ServiceError(.resourceExhausted, "TOKEN_EVENTS_PER_DAY_EXCEEDED", "")) {
            try answers[2].get()
        }
        #expect(ledger.batches == [["a"], ["b", "toomany", "c", "d", "e"]])
    }

    /// Where the database is away, nobody asks it again for each call.
    @Test func aDatabaseThatIsAwayIsAskedOnce() async throws {
        let ledger = Ledger()
        let answers = try await answers([["a"], ["b"], ["away"], ["c"]], ledger)
        #expect(answers.map { (try? $0.get())?.count } == [1, nil, nil, nil])
        #expect(ledger.batches == [["a"], ["b", "away", "c"]])
    }

    /// Who gives up while waiting is not written; who gives up while written is.
    @Test func givingUpLeavesTheQueue() async throws {
        let queued = Ledger()
        let answers = try await answers([["a"], ["b"], ["c"]], queued, cancelling: 1)
        #expect(throws: CancellationError.self) { try answers[1].get() }
        #expect(queued.batches == [["a"], ["c"]])
        let written = Ledger()
        let first = try await self.answers([["a"], ["b"]], written, cancelling: 0)
        #expect(throws: CancellationError.self) { try first[0].get() }
        #expect(written.batches == [["a"], ["b"]])
    }

    /// Organizations do not wait for each other, and afterwards nothing is remembered.
    @Test func organizationsAreApart() async throws {
        let batches = EventBatches()
        let shut = Ledger()
        let open = Ledger()
        open.open()
        let mine = try events(["a"])
        let held = Task {
            try await batches.record(mine, of: Self.organization, write: shut.write)
        }
        try await shut.begun()
        let other = OrganizationID.make()
        _ = try await batches.record(mine, of: other, write: open.write)
        #expect(open.batches == [["a"]])
        shut.open()
        _ = try await held.value
        try await until { batches.isIdle }
    }
}
