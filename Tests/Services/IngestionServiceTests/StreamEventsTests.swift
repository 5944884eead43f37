import API
import Core
import Domain
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import IngestionService

/// Batches of one stream: several at once, answered in order, and none at another's cost.
@Suite struct StreamEventsTests {
    private typealias Fixture = ServiceFixture

    private static func request(_ sequence: Int64, _ ids: [String]) -> StreamEventsRequest {
        StreamEventsRequest(
            sequence: sequence,
            events: ids.map { id in LedgerEventWireTests.event { $0.id = id } })
    }

    /// A client that has all of its batches ready, and reads each answer at once.
    private final class Sender: Sendable {
        private struct State {
            var rest: ArraySlice<StreamEventsRequest>
            var answers: [StreamEventsResponse] = []
            var readCount = 0
        }

        private let state: Mutex<State>

        init(_ requests: [StreamEventsRequest]) {
            state = Mutex(State(rest: requests[...]))
        }

        var answers: [StreamEventsResponse] { state.withLock(\.answers) }
        /// Batches that the server has asked for.
        var readCount: Int { state.withLock(\.readCount) }

        @Sendable func next() async throws -> StreamEventsRequest? {
            state.withLock { state in
                guard let request = state.rest.popFirst() else { return nil }
                state.readCount += 1
                return request
            }
        }

        @Sendable func take(_ answer: StreamEventsResponse) async throws {
            state.withLock { $0.answers.append(answer) }
        }
    }

    /// Records nothing, and lets batches wait until they are let through, by their first event's id.
    private final class Gate: Sendable {
        private struct State {
            var open: Set<String> = []
            var waiting: [String: CheckedContinuation<Void, Never>] = [:]
            var begun: [String] = []
        }

        private let state = Mutex(State())

        var begun: [String] { state.withLock(\.begun) }

        @Sendable func record(_ events: [Event]) async throws -> [EventResult] {
            let id = events.first?.id ?? ""
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    state.begun.append(id)
                    if !state.open.contains(id) { state.waiting[id] = continuation }
                    return state.open.contains(id)
                }
                if isOpen { continuation.resume() }
            }
            if id == "bad" { throw ServiceError(.outOfRange, "AMOUNT_OUT_OF_RANGE", "Too much.") }
            if id == "full" {
                throw ServiceError(.resourceExhausted, "EVENTS_PER_DAY_EXCEEDED", "Tomorrow.")
            }
            return events.map { _ in EventResult(outcome: .accepted) }
        }

        func open(_ id: String) {
            let waiting = state.withLock { state in
                state.open.insert(id)
                return state.waiting.removeValue(forKey: id)
            }
            waiting?.resume()
        }
    }

    /// Whichever is recorded first: answers are in the order of the batches, and what waits for one that
    /// takes long is bounded.
    @Test(.timeLimit(.minutes(2))) func answersAreInOrderAndBatchesBounded() async throws {
        let sender = Sender((1...7).map { Self.request(Int64($0) * 10, ["\($0)"]) })
        let gate = Gate()
        let stream = Task {
            try await StreamEvents.run(next: sender.next, record: gate.record, send: sender.take)
        }
        try await until { gate.begun.count == StreamEvents.batchesMax }
        for id in ["4", "3", "2"] { gate.open(id) }
        // Nothing is read beyond, although three are recorded.
        for _ in 0..<1_000 { await Task.yield() }
        #expect(sender.readCount == StreamEvents.batchesMax && sender.answers.isEmpty)
        gate.open("1")
        try await until { sender.answers.count == 4 }
        for id in ["7", "6", "5"] { gate.open(id) }
        try await stream.value
        #expect(sender.answers.map(\.sequence) == [10, 20, 30, 40, 50, 60, 70])
        #expect(sender.answers.allSatisfy { $0.results.count == 1 && $0.reason.isEmpty })
    }

    /// Who does not read its answers is asked for no more batches.
    @Test(.timeLimit(.minutes(2))) func aSlowReaderHoldsItselfUp() async throws {
        let sender = Sender((1...20).map { Self.request(Int64($0), ["\($0)"]) })
        let reader = Gate()
        let stream = Task {
            try await StreamEvents.run(
                next: sender.next,
                record: { $0.map { _ in EventResult(outcome: .accepted) } },
                send: { answer in
                    _ = try await reader.record([
                        LedgerEventWireTests.event { $0.id = "\(answer.sequence)" }
                    ])
                    try await sender.take(answer)
                })
        }
        try await until { reader.begun == ["1"] }
        for _ in 0..<1_000 { await Task.yield() }
        #expect(sender.readCount <= StreamEvents.batchesMax)
        for id in 1...20 { reader.open("\(id)") }
        try await stream.value
        #expect(sender.answers.map(\.sequence) == Array(1...20))
    }

    /// What fails one batch is answered; what fails the stream ends it, after the answers before.
    @Test(.timeLimit(.minutes(2))) func oneBatchsFaultIsItsOwn() async throws {
        let gate = Gate()
        for id in ["a", "bad", "b", "full", "c"] { gate.open(id) }
        let sender = Sender(
            ["a", "bad", "b", "full", "c"].enumerated().map {
                Self.request(Int64($0.offset) + 1, [$0.element])
            })
        let error = await #expect(throws: ServiceError.self) {
            try await StreamEvents.run(next: sender.next, record: gate.record, send: sender.take)
        }
        #expect(error?.reason == "EVENTS_PER_DAY_EXCEEDED")
        #expect(sender.answers.map(\.sequence) == [1, 2, 3])
        #expect(sender.answers.map(\.reason) == ["", "AMOUNT_OUT_OF_RANGE", ""])
        #expect(sender.answers.map(\.results.count) == [1, 0, 1])
    }

    @Test(
        .timeLimit(.minutes(2)), arguments: [[0], [-1], [3, 3], [3, 2], [5, 6, 1]] as [[Int64]])
    func sequencesGrow(sequences: [Int64]) async throws {
        let sender = Sender(
            sequences.map { Self.request($0, ["\($0)"]) } + [Self.request(9, ["x"])])
        let gate = Gate()
        for id in 1...6 { gate.open("\(id)") }
        let error = await #expect(throws: ServiceError.self) {
            try await StreamEvents.run(next: sender.next, record: gate.record, send: sender.take)
        }
        #expect(error?.reason == "SEQUENCE_NOT_GROWING" && error?.field == "sequence")
        #expect(sender.answers.map(\.sequence) == sequences.dropLast())
        #expect(!gate.begun.contains("x"))
    }

    /// As IngestEvents: events are answered one by one, what is wrong with a batch as a whole is its
    /// own, and a batch that comes again counts once.
    @Test func batchesAreRecordedAsCallsAre() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let ingest = fixture.ingest
            var mixed = Self.request(3, ["a", "b", "c"])
            mixed.events[1].model = ""
            let many = [Event](repeating: LedgerEventWireTests.event(), count: 10_001)
            let sender = Sender([
                Self.request(1, ["a"]), Self.request(2, []), mixed,
                StreamEventsRequest(sequence: 4, events: many), Self.request(8, ["c", "d"]),
            ])
            try await StreamEvents.run(
                next: sender.next,
                record: {
                    try await ingest.answer(IngestEventsRequest(events: $0), call).results
                },
                send: sender.take)
            #expect(sender.answers.map(\.sequence) == [1, 2, 3, 4, 8])
            #expect(
                sender.answers.map { "\($0.reason) \($0.field)" }
                    == [" ", "EVENTS_MISSING events", " ", "EVENTS_TOO_MANY events", " "])
            #expect(sender.answers.map(\.results.count) == [1, 0, 3, 0, 2])
            #expect(sender.answers[2].results[1].field == "events[1].model")
            // a, c and d: b is refused, and what comes again counts once.
            #expect(try await fixture.count("ledger_entries") == 3)
        }
    }
}
