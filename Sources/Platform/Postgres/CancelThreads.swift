internal import DequeModule
internal import Synchronization

/// Threads for cancel requests: each opens a connection and waits for the server, so each has a
/// thread of its own, and one to a server that does not answer holds up no other.
///
/// A thread is made when none is free and ends when nothing is left to do, but for one that stays.
/// Requests beyond the bound wait for a thread.
final class CancelThreads: Sendable {
    /// Requests are rare and short, so many at once are those that wait for a server that is away.
    /// libpq before version 17 can send a request in no other way than by blocking.
    static let shared = CancelThreads(countMax: 32)

    typealias Work = @Sendable () -> Void

    private struct State {
        var count = 0
        var idle: DedicatedThread?
        var waiting: Deque<Work> = []
    }

    private let countMax: Int
    private let state = Mutex(State())

    init(countMax: Int) {
        self.countMax = countMax
    }

    /// Runs `work` on a thread of its own, as soon as there is one.
    func perform(_ work: @escaping Work) {
        let thread = state.withLock { state -> DedicatedThread? in
            if let idle = state.idle {
                state.idle = nil
                return idle
            }
            // Where the system refuses another thread, those that there are do the work.
            guard state.count < countMax, let thread = try? DedicatedThread() else {
                if state.count > 0 { state.waiting.append(work) }
                return nil
            }
            state.count += 1
            return thread
        }
        if let thread { run(work, on: thread) }
    }

    private func run(_ work: @escaping Work, on thread: DedicatedThread) {
        thread.perform { [self] in
            work()
            while let next = next(thread) { next() }
        }
    }

    /// What else there is to do; nil lets the thread rest or end.
    private func next(_ thread: DedicatedThread) -> Work? {
        state.withLock { state in
            if let work = state.waiting.popFirst() { return work }
            if state.idle == nil {
                state.idle = thread
            } else {
                state.count -= 1
                thread.stop()
            }
            return nil
        }
    }
}
