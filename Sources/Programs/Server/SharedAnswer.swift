import Synchronization

/// One answer for all who ask at the same time, and for a while after.
///
/// However many ask, at most one question is under way, so those who need no token to ask cannot
/// take more than one database connection among them.
final class SharedAnswer<Answer: Sendable>: Sendable {
    private enum State {
        case idle
        case asking(Task<Answer, Never>)
        case answered(Answer, at: ContinuousClock.Instant)
    }

    private enum Step {
        case known(Answer)
        case underway(Task<Answer, Never>)
    }

    private let lifetime: Duration
    private let ask: @Sendable () async -> Answer
    private let state = Mutex(State.idle)

    /// - Parameter ask: Must end by itself: it belongs to no caller, and none can cancel it.
    init(lifetime: Duration, ask: @escaping @Sendable () async -> Answer) {
        self.lifetime = lifetime
        self.ask = ask
    }

    /// The answer of `lifetime` ago at most, or that of the question under way, or a new one.
    func answer() async -> Answer {
        switch step() {
        case .known(let answer): answer
        case .underway(let task): await task.value
        }
    }

    private func step() -> Step {
        state.withLock { state in
            switch state {
            case .asking(let task):
                return .underway(task)
            case .answered(let answer, let time) where time.duration(to: .now) < lifetime:
                return .known(answer)
            case .idle, .answered:
                let task = Task { await self.asked() }
                state = .asking(task)
                return .underway(task)
            }
        }
    }

    private func asked() async -> Answer {
        let answer = await ask()
        state.withLock { $0 = .answered(answer, at: .now) }
        return answer
    }
}
