import Core
import Domain
import Ledger
import Postgres
import Synchronization

/// Lets calls of one organization share commits.
///
/// The first call's events are written at once. What comes while they are waits, and is then written
/// together: the busier an organization is, the more calls share a commit. The ledger takes an
/// organization's writers one after another anyway.
///
/// Who sends one call after another comes again as soon as it was answered. So where a commit was shared,
/// the next waits until as many calls have come, for `gatherMax` at most: else few of the senders would
/// share each commit. But where nearly all who send shared one, nobody's next call is made ready while it
/// lasts, and the database waits while they are: then half of them make the next, and take turns with the others.
///
/// A call that is given up meanwhile leaves the queue; events that are being written are written.
final class EventBatches: Sendable {
    /// Writes the events of calls and answers what became of each call's; called again with fewer where it
    /// fails.
    typealias Write =
        @Sendable ([EventShare]) async throws -> [Result<[EventOutcome], ServiceError>]

    private struct Call {
        let ticket: UInt64
        let share: EventShare
        let write: Write
    }

    /// A commit that waits for calls.
    private struct Gathering {
        let ticket: UInt64
        let callCount: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var ticket: UInt64 = 0
        /// Of organizations whose events are being written, those that wait.
        var queues: [OrganizationID: [Call]] = [:]
        /// Who has had no answer yet.
        var waiters: [UInt64: Waiter] = [:]
        var gatherings: [OrganizationID: Gathering] = [:]

        /// Ends the gathering of an organization that has what it waits for; returns whom to resume.
        mutating func gathered(
            of organization: OrganizationID
        ) -> CheckedContinuation<Void, Never>? {
            guard let gathering = gatherings[organization],
                queues[organization]?.count ?? 0 >= gathering.callCount
            else { return nil }
            gatherings[organization] = nil
            return gathering.continuation
        }
    }

    private enum Waiter {
        /// About to suspend.
        case coming
        case suspended(CheckedContinuation<[EventOutcome], any Error>)
        case answered(Result<[EventOutcome], any Error>)
    }

    /// Lets a time pass. For tests.
    typealias Pause = @Sendable (Duration) async throws -> Void

    private let state = Mutex(State())
    private let eventsMax: Int
    private let gatherMax: Duration
    private let pause: Pause

    /// - Parameters:
    ///   - eventsMax: of a commit that several calls share.
    ///   - gatherMax: how long a commit waits for calls; a fraction of what it takes itself.
    ///   - pause: returns once that is over.
    init(
        eventsMax: Int = EventLimits.eventsPerCallMax, gatherMax: Duration = .milliseconds(2),
        pause: @escaping Pause = { try await Task.sleep(for: $0) }
    ) {
        self.eventsMax = eventsMax
        self.gatherMax = gatherMax
        self.pause = pause
    }

    /// Has the events written, alone or with others'.
    /// - Parameter quota: of the token that they came by, where it has one.
    /// - Throws: what `write` throws for them alone; `CancellationError`.
    func record(
        _ events: [PricedEvent], of organization: OrganizationID, quota: TokenEventQuota? = nil,
        write: @escaping Write
    ) async throws -> [EventOutcome] {
        let (ticket, gathered) = state.withLock { state in
            state.ticket += 1
            let call = Call(
                ticket: state.ticket, share: EventShare(events: events, quota: quota),
                write: write)
            state.waiters[call.ticket] = .coming
            if state.queues[organization] == nil {
                state.queues[organization] = []
                Task { await self.writeAll(from: call, of: organization) }
            } else {
                state.queues[organization]?.append(call)
            }
            return (state.ticket, state.gathered(of: organization))
        }
        gathered?.resume()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = state.withLock { state -> Result<[EventOutcome], any Error>? in
                    if case .answered(let answer) = state.waiters[ticket] {
                        state.waiters[ticket] = nil
                        return answer
                    }
                    state.waiters[ticket] = .suspended(continuation)
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            state.withLock { $0.queues[organization]?.removeAll { $0.ticket == ticket } }
            answer(ticket, .failure(CancellationError()))
        }
    }

    /// Calls that wait behind those whose events are being written.
    func waitingCount(of organization: OrganizationID) -> Int {
        state.withLock { $0.queues[organization]?.count ?? 0 }
    }

    /// Whether nothing is remembered of any call. For tests.
    var isIdle: Bool {
        state.withLock { $0.queues.isEmpty && $0.waiters.isEmpty }
    }

    /// Writes what waits until nothing does.
    private func writeAll(from first: Call, of organization: OrganizationID) async {
        var calls = [first]
        while !calls.isEmpty {
            let waiting = await write(calls, of: organization)
            await gather(Self.callCount(behind: calls.count, waiting: waiting), of: organization)
            calls = state.withLock { state in
                let next = Self.share(of: state.queues[organization] ?? [], eventsMax: eventsMax)
                if next.isEmpty {
                    state.queues[organization] = nil
                } else {
                    state.queues[organization]?.removeFirst(next.count)
                }
                return next
            }
        }
    }

    /// Commits of fewer calls are not halved: what a commit takes by itself would be the most of it.
    private static let halvedCallCountMin = 16

    /// How many calls the next commit waits for.
    /// - Parameters:
    ///   - callCount: Those that shared the last one.
    ///   - waiting: Those that came while it lasted.
    private static func callCount(behind callCount: Int, waiting: Int) -> Int {
        let isOfAll = callCount >= halvedCallCountMin && waiting < callCount / 4
        return isOfAll ? callCount / 2 : callCount
    }

    /// Returns once so many calls wait, or the time is over.
    private func gather(_ callCount: Int, of organization: OrganizationID) async {
        guard callCount > 1 else { return }
        await withCheckedContinuation { continuation in
            let (ticket, gathered) = state.withLock { state in
                state.ticket += 1
                state.gatherings[organization] = Gathering(
                    ticket: state.ticket, callCount: callCount, continuation: continuation)
                return (state.ticket, state.gathered(of: organization))
            }
            guard gathered == nil else {
                gathered?.resume()
                return
            }
            Task {
                try? await pause(gatherMax)
                giveUpGathering(ticket, of: organization)
            }
        }
    }

    private func giveUpGathering(_ ticket: UInt64, of organization: OrganizationID) {
        let continuation = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let gathering = state.gatherings[organization], gathering.ticket == ticket else {
                return nil
            }
            state.gatherings[organization] = nil
            return gathering.continuation
        }
        continuation?.resume()
    }

    /// The first call, and those behind it that fit into its commit.
    private static func share(of queue: [Call], eventsMax: Int) -> [Call] {
        var count = 0
        return Array(
            queue.prefix { call in
                let isFirst = count == 0
                count += call.share.events.count
                return isFirst || count <= eventsMax
            })
    }

    /// - Returns: How many calls came while it lasted.
    @discardableResult
    private func write(_ calls: [Call], of organization: OrganizationID) async -> Int {
        guard let first = calls.first else { return 0 }
        do {
            let outcomes = try await first.write(calls.map(\.share))
            guard outcomes.count == calls.count else { throw Self.outcomesMissing }
            // Before anybody is answered, and comes again.
            let waiting = waitingCount(of: organization)
            for (call, outcome) in zip(calls, outcomes) {
                answer(call.ticket, outcome.mapError { $0 as any Error })
            }
            return waiting
        } catch {
            let waiting = waitingCount(of: organization)
            guard calls.count > 1, Self.isOneCallsFault(error) else {
                for call in calls { answer(call.ticket, .failure(error)) }
                return waiting
            }
            // It must not fail its neighbours. Who has given up meanwhile is not written after all.
            for call in calls where isAwaited(call) { await write([call], of: organization) }
            return waiting
        }
    }

    /// Whether the events may be at fault, and not the database or its load, of which each call alone would
    /// only make more.
    private static func isOneCallsFault(_ error: any Error) -> Bool {
        switch error {
        case let error as ServiceError:
            error.code == .outOfRange
        // What a statement was given, by the classes of SQLSTATE.
        case let error as PostgresError:
            error.sqlState.rawValue.hasPrefix("22") || error.sqlState.rawValue.hasPrefix("23")
        default: false
        }
    }

    private static var outcomesMissing: ServiceError {
        ServiceError(
            .internal, "EVENT_OUTCOME_MISSING", "The ledger left out a call's outcomes.")
    }

    private func isAwaited(_ call: Call) -> Bool {
        state.withLock { state in
            switch state.waiters[call.ticket] {
            case .coming, .suspended: true
            case .answered, nil: false
            }
        }
    }

    private func answer(_ ticket: UInt64, _ answer: Result<[EventOutcome], any Error>) {
        let continuation = state.withLock {
            state -> CheckedContinuation<[EventOutcome], any Error>? in
            switch state.waiters[ticket] {
            case .suspended(let continuation):
                state.waiters[ticket] = nil
                return continuation
            case .coming: state.waiters[ticket] = .answered(answer)
            // Given up.
            case .answered, nil: break
            }
            return nil
        }
        continuation?.resume(with: answer)
    }
}
