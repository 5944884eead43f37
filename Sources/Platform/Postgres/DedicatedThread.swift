internal import DequeModule
internal import Dispatch

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// A thread of its own that runs an actor's jobs one after another, because libpq blocks the thread it is called on; and
/// those of tasks that prefer it, so that they and the actor take turns without a change of threads.
///
/// The thread ends once `stop()` was called and its queue is empty. What is handed in afterwards runs all the same, also
/// one after another, on a thread of the system's.
// Unchecked: the variables are touched only with `mutex` held.
final class DedicatedThread: SerialExecutor, TaskExecutor, @unchecked Sendable {
    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var queue = Deque<Work>()
    private var isStopping = false
    /// Whether the thread waits for work and was not woken up.
    private var isWaiting = false
    /// Whether nobody looks into the queue any more.
    private var hasEnded = false

    /// Starts the thread.
    /// - Throws: `PostgresError` where the system refuses another thread.
    init() throws(PostgresError) {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
        var thread = pthread_t()
        // The thread keeps itself alive until it ends: `run` gives the reference back.
        let context = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<DedicatedThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            throw PostgresError(.outOfMemory, message: "cannot start a thread: error \(status)")
        }
        pthread_detach(thread)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        add(.job(UnownedJob(job)))
    }

    /// Runs `closure` on the thread, after everything handed in before.
    func perform(_ closure: @escaping @Sendable () -> Void) {
        add(.closure(closure))
    }

    /// Lets the thread end when its queue is empty.
    func stop() {
        pthread_mutex_lock(mutex)
        isStopping = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    private func add(_ work: Work) {
        // All of it under the lock: the work may be what lets this object go, and whoever hands it in holds no reference.
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        queue.append(work)
        if hasEnded {
            hasEnded = false
            DispatchQueue.global().async { self.run() }
        } else if isWaiting {
            isWaiting = false
            pthread_cond_signal(condition)
        }
    }

    private func run() {
        while let work = next() {
            switch work {
            case .job(let job):
                job.runSynchronously(
                    isolatedTo: asUnownedSerialExecutor(), taskExecutor: asUnownedTaskExecutor())
            case .closure(let closure): closure()
            }
        }
    }

    private func next() -> Work? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while queue.isEmpty && !isStopping {
            isWaiting = true
            pthread_cond_wait(condition, mutex)
        }
        isWaiting = false
        hasEnded = queue.isEmpty
        return queue.popFirst()
    }
}
