import API
import Synchronization

@testable import CLI

/// Takes events as a server would, and fails when it is told to.
final class FakeServer: EventSender {
    enum Step {
        case answer
        /// Fails before it took anything.
        case unavailable
        /// Takes the events, and fails before the answer.
        case lostAnswer
        case refused
    }

    struct Refused: Error {}
    /// Whoever shows it must leave out what a terminal obeys.
    struct Unavailable: Error, CustomStringConvertible {
        var description: String { "away\u{9b}2J\n next" }
    }

    private struct State {
        var events: [String: Event] = [:]
        var steps: [Step] = []
        var callCount = 0
        var callsUnderWay = 0
        var callsUnderWayMax = 0
    }

    private let state: Mutex<State>
    /// Events of this id or text in it are answered so.
    static let rejectedID = "reject"
    static let unpricedModel = "unknown"

    /// - Parameter steps: What happens to the first calls; later ones are answered.
    init(_ steps: [Step] = []) {
        state = Mutex(State(steps: steps))
    }

    var ids: Set<String> { state.withLock { Set($0.events.keys) } }
    var callCount: Int { state.withLock { $0.callCount } }
    var callsUnderWayMax: Int { state.withLock { $0.callsUnderWayMax } }

    func send(_ events: [Event]) async throws -> [EventResult] {
        let step = state.withLock { state in
            state.callCount += 1
            state.callsUnderWay += 1
            state.callsUnderWayMax = max(state.callsUnderWayMax, state.callsUnderWay)
            return state.steps.isEmpty ? .answer : state.steps.removeFirst()
        }
        defer { state.withLock { $0.callsUnderWay -= 1 } }
        await Task.yield()
        switch step {
        case .answer: return take(events)
        case .unavailable: break
        case .lostAnswer: _ = take(events)
        case .refused:
            throw SendFailure(isPassing: false, retryAfter: nil, cause: Refused())
        }
        throw SendFailure(isPassing: true, retryAfter: nil, cause: Unavailable())
    }

    private func take(_ events: [Event]) -> [EventResult] {
        state.withLock { state in
            events.enumerated().map { index, event in
                if event.id.hasPrefix(Self.rejectedID) {
                    return EventResult(
                        outcome: .rejected, reason: "FIELD_TOO_LONG", field: "events[\(index)].id",
                        description: "Shorten it.")
                }
                if let known = state.events[event.id] {
                    guard known != event else { return EventResult(outcome: .duplicate) }
                    return EventResult(
                        outcome: .conflict, reason: "EVENT_ID_CONFLICT",
                        field: "events[\(index)].id", description: "Give it another id.")
                }
                state.events[event.id] = event
                return EventResult(
                    outcome: .accepted, unpriced: event.model == Self.unpricedModel)
            }
        }
    }
}

/// Time that passes by sleeping only.
final class FakeTime: Sendable {
    private let slept = Mutex<[Duration]>([])
    private let start = ContinuousClock.now

    var sleeps: [Duration] { slept.withLock { $0 } }

    var pace: PatientSender.Pace {
        PatientSender.Pace(
            now: { self.start + self.sleeps.reduce(.zero, +) },
            sleep: { duration in self.slept.withLock { $0.append(duration) } })
    }
}

/// Lines written to standard error.
final class Lines: Sendable {
    private let texts = Mutex<[String]>([])

    var text: String { texts.withLock { $0.joined() } }

    @Sendable func write(_ text: String) {
        texts.withLock { $0.append(text) }
    }
}
