import API
import Core
import Foundation
import Synchronization
import TallyClient

/// What is sent, what was answered, and what that comes to.
final class ChaosLedger: Sendable {
    enum Step: Int, CaseIterable {
        case record, correct, reverse
    }

    struct Work: Hashable {
        let organization: Int
        let number: Int
        let step: Step
    }

    /// Steps of events of one organization, sent by one call.
    struct Call: Sendable {
        let organization: Int
        let step: Step
        let numbers: [Int]
    }

    /// What became of a step.
    enum Answer {
        /// It took effect by this call.
        case done
        /// It had before.
        case known
        case refused(String)
    }

    /// What one organization's entries come to.
    struct Sums: CustomStringConvertible {
        var events = 0
        var corrections = 0
        var reversals = 0
        var usage = Usage()

        /// As a query answers it.
        var description: String { "\(events)|\(corrections)|\(reversals)|\(usage)" }
    }

    struct Usage: CustomStringConvertible {
        var input = 0
        var cacheRead = 0
        var output = 0

        /// 2, 0.2 and 10 USD for a million tokens.
        var picos: Int { input * 2_000_000 + cacheRead * 200_000 + output * 10_000_000 }
        var tokens: Int { input + cacheRead + output }
        var description: String { "\(input)|\(cacheRead)|\(output)|\(picos)" }

        var quantities: [Quantity] {
            [("input", input), ("cache_read", cacheRead), ("output", output)]
                .filter { $0.1 != 0 }
                .map { Quantity(quantityClass: $0.0, amount: Int64($0.1)) }
        }

        mutating func add(_ other: Usage) {
            input += other.input
            cacheRead += other.cacheRead
            output += other.output
        }
    }

    private struct State {
        var acknowledged: Set<Work> = []
        var done: Set<Work> = []
        var doneTwice: [Work] = []
        var problems: [String] = []
    }

    static let slugs = ["acme", "zenith"]

    /// Events of each organization: the same ids in all of them.
    let count: Int
    /// Steps until all is done.
    let workCount: Int
    private let state = Mutex(State())
    private let start = Int64(Date().timeIntervalSince1970) - 3600

    init(count: Int) {
        self.count = count
        workCount =
            Self.slugs.count
            * (0..<count).reduce(0) {
                $0 + 1 + (Self.isCorrected($1) ? 1 : 0) + (Self.isReversed($1) ? 1 : 0)
            }
    }

    var acknowledgedCount: Int { state.withLock { $0.acknowledged.count } }
    /// Steps that two calls say they took.
    var doneTwice: [Work] { state.withLock { $0.doneTwice } }
    /// Answers that should not have come.
    var problems: [String] { state.withLock { $0.problems } }

    /// What is to become of an event later; one of seven is corrected and then reversed.
    private static func isCorrected(_ number: Int) -> Bool { [1, 3, 4].contains(number % 7) }
    private static func isReversed(_ number: Int) -> Bool { [2, 3].contains(number % 7) }

    private static func recorded(_ number: Int) -> Usage {
        Usage(input: number % 9_000 + 1, cacheRead: number % 11 + 1, output: number % 50 + 1)
    }

    private static func corrected(_ number: Int) -> Usage {
        Usage(input: number % 9_000 / 2, cacheRead: 0, output: number % 50 + 8)
    }

    /// What follows once a step is taken, by who changes events.
    func step(after step: Step, of number: Int) -> Step? {
        switch step {
        case .record where Self.isCorrected(number): .correct
        case .record, .correct: Self.isReversed(number) ? .reverse : nil
        case .reverse: nil
        }
    }

    /// What an organization's entries are to come to, by what was acknowledged alone.
    func sums(of organization: Int) -> Sums {
        let acknowledged = state.withLock(\.acknowledged)
        func took(_ step: Step, _ number: Int) -> Bool {
            acknowledged.contains(Work(organization: organization, number: number, step: step))
        }
        var sums = Sums()
        for number in 0..<count where took(.record, number) {
            sums.events += 1
            let isCorrected = took(.correct, number)
            if isCorrected { sums.corrections += 1 }
            if took(.reverse, number) {
                sums.reversals += 1
            } else {
                sums.usage.add(isCorrected ? Self.corrected(number) : Self.recorded(number))
            }
        }
        return sums
    }

    func send(_ call: Call, by client: Client) async throws -> [Answer] {
        let ids = call.numbers.map { "e\($0)" }
        switch call.step {
        case .record:
            let events = call.numbers.map(event)
            let response = try await client.call(
                IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: events))
            return response.results.map(Self.answer)
        case .correct:
            let corrections = zip(ids, call.numbers).map { id, number in
                EventCorrection(
                    source: "chaos", id: id, quantities: Self.corrected(number).quantities,
                    reason: "chaos")
            }
            let response = try await client.call(
                IngestionServiceMethods.CorrectEvents.self,
                CorrectEventsRequest(corrections: corrections))
            return zip(response.results, call.numbers).map { result, number in
                // Another who changes events went on already.
                result.reason == "EVENT_REVERSED" && Self.isReversed(number)
                    ? .known : Self.answer(result)
            }
        case .reverse:
            let reversals = ids.map { EventReversal(source: "chaos", id: $0, reason: "chaos") }
            let response = try await client.call(
                IngestionServiceMethods.ReverseEvents.self,
                ReverseEventsRequest(reversals: reversals))
            return response.results.map(Self.answer)
        }
    }

    func answered(_ call: Call, _ answers: [Answer]) {
        state.withLock { state in
            guard answers.count == call.numbers.count else {
                state.problems.append("\(answers.count) answers of \(call.numbers.count) steps")
                return
            }
            for (number, answer) in zip(call.numbers, answers) {
                let work = Work(organization: call.organization, number: number, step: call.step)
                switch answer {
                case .done:
                    state.acknowledged.insert(work)
                    if !state.done.insert(work).inserted { state.doneTwice.append(work) }
                case .known: state.acknowledged.insert(work)
                case .refused(let why): state.problems.append("\(work): \(why)")
                }
            }
        }
    }

    /// A call failed; only what is away may be the reason.
    func failed(_ error: any Error, isForGood: Bool) {
        switch error {
        case _ where isForGood: state.withLock { $0.problems.append("for good: \(error)") }
        case is CancellationError: return
        case let error as TallyError
        where [.unavailable, .cancelled, .deadlineExceeded].contains(error.code):
            return
        // Given up before it had begun.
        case let error as TallyError where error.reason == "CLIENT_CLOSED": return
        default: state.withLock { $0.problems.append("\(error)") }
        }
    }

    /// Of two quarters of an hour of three days, the first and the last 40 days apart.
    private func event(_ number: Int) -> Event {
        Event(
            id: "e\(number)", source: "chaos",
            time: Timestamp(
                seconds: start - Int64(number % 2) * 900 - Int64(number % 3) * 20 * 86_400),
            provider: "openai", model: "gpt-6-sol",
            quantities: Self.recorded(number).quantities, team: "team-\(number % 5)")
    }

    private static func answer(_ result: EventResult) -> Answer {
        switch result.outcome {
        case .accepted: .done
        case .duplicate: .known
        default: .refused("\(result.reason) \(result.description)")
        }
    }

    private static func answer(_ result: EventChangeResult) -> Answer {
        switch result.outcome {
        case .changed: .done
        case .unchanged: .known
        default: .refused("\(result.reason) \(result.description)")
        }
    }
}
