import Core
import Synchronization

/// What was looked up lately, for a second at most where nothing else is said; and one question at a
/// time for each key, however many ask.
///
/// What was not found is not kept, so that what is new works at once. What is no longer good is
/// dropped by the next look that comes as long again later, whatever it is for.
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
        /// When what is no longer good is dropped.
        var sweepAt = MonotonicInstant(nanoseconds: .min)
        /// Whether a sweep is to come that nobody has to ask for.
        var isSweepComing = false
    }

    private let keptForNanoseconds: Int64
    private let keptMax: Int
    private let sweepsByItself: Bool
    private let state = Mutex(State())
    private let clock: MonotonicClock

    /// - Parameters:
    ///   - keptForNanoseconds: How long what was found is good, from when it was asked for.
    ///   - keptMax: Values kept at once; beyond it all are forgotten, which costs one question each.
    ///   - sweepsByItself: Whether what is no longer good is dropped without a look, within as long
    ///     again, so that secrets do not stay in memory.
    init(
        keptForNanoseconds: Int64 = 1_000_000_000, keptMax: Int = 10_000,
        sweepsByItself: Bool = false, clock: MonotonicClock = .system
    ) {
        self.keptForNanoseconds = keptForNanoseconds
        self.keptMax = keptMax
        self.sweepsByItself = sweepsByItself
        self.clock = clock
    }

    /// How many values are held, good or not.
    var count: Int { state.withLock { $0.kept.count } }

    /// What is known of `key` without a question.
    func kept(of key: Key) -> Value? {
        let now = MonotonicInstant(nanoseconds: clock.nanoseconds)
        return state.withLock { $0.kept[key].flatMap { now < $0.until ? $0.value : nil } }
    }

    /// Forgets what is known of `key`; what is being asked is not kept either.
    func forget(_ key: Key) {
        state.withLock { state in
            state.kept[key] = nil
            state.questions[key] = nil
        }
    }

    /// Keeps what the caller knows of `key` by itself.
    func keep(_ value: Value, of key: Key) {
        let now = MonotonicInstant(nanoseconds: clock.nanoseconds)
        let until = now.advanced(byNanoseconds: keptForNanoseconds)
        state.withLock { state in
            // An answer that is under way was asked for before.
            state.questions[key] = nil
            if state.kept.count >= keptMax { state.kept.removeAll(keepingCapacity: true) }
            state.kept[key] = Kept(value: value, until: until)
            sweepLater(&state)
        }
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
            if now >= state.sweepAt {
                state.kept = state.kept.filter { now < $0.value.until }
                state.sweepAt = now.advanced(byNanoseconds: keptForNanoseconds)
            }
            if let kept = state.kept[key], now < kept.until { return .known(kept) }
            // A question asked that long ago may have been answered before what is true now.
            if let question = state.questions[key], now < question.until {
                return .underway(question.task)
            }
            let until = now.advanced(byNanoseconds: keptForNanoseconds)
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
            // A later question may be under way, or answered, by now; or the key was forgotten.
            guard state.questions[key]?.until == until else { return }
            state.questions[key] = nil
            if state.kept.count >= keptMax { state.kept.removeAll(keepingCapacity: true) }
            state.kept[key] = found
            if found != nil { sweepLater(&state) }
        }
    }

    /// One sweep is under way while something is held; it ends with the last value, or with this.
    private func sweepLater(_ state: inout State) {
        guard sweepsByItself, !state.isSweepComing else { return }
        state.isSweepComing = true
        let pause = Duration.nanoseconds(keptForNanoseconds)
        Task { [weak self] in
            repeat {
                try? await Task.sleep(for: pause)
            } while self?.sweep() ?? false
        }
    }

    /// - Returns: Whether something is left.
    private func sweep() -> Bool {
        let now = MonotonicInstant(nanoseconds: clock.nanoseconds)
        return state.withLock { state in
            state.kept = state.kept.filter { now < $0.value.until }
            state.isSweepComing = !state.kept.isEmpty
            return state.isSweepComing
        }
    }
}
