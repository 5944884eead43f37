import Core
import Synchronization

/// What was looked up lately, for a second at most; and one question at a time for each key, however
/// many ask.
///
/// What was not found is not kept, so that what is new works at once.
final class RecentLookups<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// What was found, and until when it may be taken for granted.
    struct Kept: Sendable {
        let value: Value
        let until: MonotonicInstant
    }

    private struct Question {
        let task: Task<Kept?, any Error>
        let until: MonotonicInstant
    }

    private enum Step {
        case known(Kept)
        case underway(Task<Kept?, any Error>)
    }

    private struct State {
        var kept: [Key: Kept] = [:]
        var questions: [Key: Question] = [:]
    }

    private static var keptForNanoseconds: Int64 { 1_000_000_000 }
    /// Values kept at once; beyond it all are forgotten, which costs one question each.
    private static var keptMax: Int { 10_000 }

    private let state = Mutex(State())
    private let clock: MonotonicClock

    init(clock: MonotonicClock = .system) {
        self.clock = clock
    }

    /// What is known of `key`, or what `find` finds.
    ///
    /// Several callers may share what `find` does, so none of them can cancel it: it must end by
    /// itself.
    func value(
        of key: Key, _ find: @escaping @Sendable () async throws -> Value?
    ) async throws -> Kept? {
        let now = MonotonicInstant(nanoseconds: clock.nanoseconds)
        let step: Step = state.withLock { state in
            if let kept = state.kept[key], now < kept.until { return .known(kept) }
            // A question asked a second ago may have been answered before what is true now.
            if let question = state.questions[key], now < question.until {
                return .underway(question.task)
            }
            let until = now.advanced(byNanoseconds: Self.keptForNanoseconds)
            let task = Task { try await self.ask(key, until: until, find) }
            state.questions[key] = Question(task: task, until: until)
            return .underway(task)
        }
        return switch step {
        case .known(let kept): kept
        case .underway(let task): try await task.value
        }
    }

    private func ask(
        _ key: Key, until: MonotonicInstant, _ find: @Sendable () async throws -> Value?
    ) async throws -> Kept? {
        do {
            let found = try await find().map { Kept(value: $0, until: until) }
            end(key, until: until, found)
            return found
        } catch {
            end(key, until: until, nil)
            throw error
        }
    }

    private func end(_ key: Key, until: MonotonicInstant, _ found: Kept?) {
        state.withLock { state in
            // A later question may be under way, or answered, by now.
            if state.questions[key]?.until == until { state.questions[key] = nil }
            if let known = state.kept[key], known.until > until { return }
            if state.kept.count >= Self.keptMax { state.kept.removeAll(keepingCapacity: true) }
            state.kept[key] = found
        }
    }
}
