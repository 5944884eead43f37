package import Core

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Takes log lines from any thread without ever waiting for whoever reads them.
///
/// Lines go into a buffer of bounded size that one thread empties with large writes, at most
/// `delay` later; warnings hurry it. Where the reader is too slow the buffer fills up: then lines
/// below warning are dropped first, an eighth of the room being kept for the others, and a line says
/// how many. A process that is killed loses what waited, so whoever ends normally calls `flush`.
// Unchecked: `buffer` and `isClosed` are touched only with `mutex` held.
package final class LogSink: LogOutput, @unchecked Sendable {
    /// How long a line may wait for others, so that a busy server writes some 100 times a second
    /// rather than once a call.
    private static let delayNanoseconds = 10_000_000
    /// A buffer that grew beyond this is given back once it is written.
    private static let keptByteCountMax = 512 * 1024

    private let descriptor: Int32
    private let program: String
    private let clock: WallClock
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let linesArrived = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let batchWritten = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var buffer: LogBuffer
    private var isClosed = false

    /// Starts the thread, which ends with `close()`.
    /// - Parameters:
    ///   - byteCountMax: most bytes that wait.
    ///   - descriptor: where the lines go.
    /// - Throws: `ServiceError` RESOURCE_EXHAUSTED where the system refuses another thread.
    package init(
        program: String, byteCountMax: Int, descriptor: Int32 = STDERR_FILENO,
        clock: WallClock = .system
    ) throws(ServiceError) {
        self.program = program
        self.descriptor = descriptor
        self.clock = clock
        buffer = LogBuffer(limits: .init(byteCountMax: byteCountMax))
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        // The wall clock may jump, and a wait with it.
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(linesArrived, &attributes)
        pthread_cond_init(batchWritten, &attributes)
        pthread_condattr_destroy(&attributes)
        try startThread()
    }

    deinit {
        pthread_cond_destroy(batchWritten)
        pthread_cond_destroy(linesArrived)
        pthread_mutex_destroy(mutex)
        batchWritten.deallocate()
        linesArrived.deallocate()
        mutex.deallocate()
    }

    package func take(_ line: LogLine, isUrgent: Bool) {
        withLock {
            if buffer.lineArrived(line.bytes, isUrgent: isUrgent) {
                pthread_cond_signal(linesArrived)
            }
        }
    }

    /// Lines that were dropped since the program began, for metrics.
    package var droppedCount: Int {
        withLock { buffer.droppedCount }
    }

    /// Waits until all lines so far are written, at most `limit`; it blocks its thread meanwhile.
    /// - Returns: whether they are.
    @discardableResult
    package func flush(within limit: Duration) -> Bool {
        withLock {
            let target = buffer.takenByteCount
            var deadline = Self.deadline(after: limit.wholeNanoseconds)
            buffer.flushWanted()
            pthread_cond_signal(linesArrived)
            while buffer.doneByteCount < target {
                guard pthread_cond_timedwait(batchWritten, mutex, &deadline) == 0 else {
                    return buffer.doneByteCount >= target
                }
            }
            return true
        }
    }

    /// Lets the thread end once all is written; lines that come later are not written.
    package func close() {
        withLock {
            isClosed = true
            pthread_cond_signal(linesArrived)
        }
    }

    // MARK: The thread

    private func startThread() throws(ServiceError) {
        var thread = pthread_t()
        // The thread keeps itself alive until it ends: `run` gives the reference back.
        let context = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<LogSink>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            context.release()
            throw ServiceError(
                .resourceExhausted, "THREAD_REFUSED",
                "The system refuses the thread that writes the log: error \(status).")
        }
        pthread_detach(thread)
    }

    private func run() {
        // A reader that went away is seen by `write`; its signal would end the program.
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, nil)
        var emptied: [UInt8] = []
        while let batch = nextBatch(emptied: emptied) {
            let writtenCount = FileDescriptor.write(batch, to: descriptor)
            let lostCount = batch[writtenCount...].count { $0 == UInt8(ascii: "\n") }
            withLock {
                buffer.batchWritten(lostCount: lostCount)
                pthread_cond_broadcast(batchWritten)
            }
            emptied = batch
            emptied.removeAll(keepingCapacity: batch.capacity <= Self.keptByteCountMax)
        }
    }

    /// Waits for lines, and then a little for more of them; nil once the sink is closed and empty.
    private func nextBatch(emptied: [UInt8]) -> [UInt8]? {
        withLock {
            while buffer.isIdle {
                if isClosed { return nil }
                pthread_cond_wait(linesArrived, mutex)
            }
            var deadline = Self.deadline(after: Self.delayNanoseconds)
            while !buffer.isHurried && !isClosed {
                guard pthread_cond_timedwait(linesArrived, mutex, &deadline) == 0 else { break }
            }
            return buffer.batchWanted(emptied: emptied, notice: notice)
        }
    }

    private func notice(_ count: Int) -> [UInt8] {
        var line = LogLine(
            time: clock.now, level: "warning", program: program,
            message: "Log lines were dropped: they came faster than they could be written.")
        line.add("lines", number: Int64(count))
        line.end()
        return line.bytes
    }

    // MARK: Waiting

    private func withLock<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    private static func deadline(after nanoseconds: Int) -> timespec {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let sum = now.tv_nsec + nanoseconds
        return timespec(tv_sec: now.tv_sec + sum / 1_000_000_000, tv_nsec: sum % 1_000_000_000)
    }
}

extension Duration {
    var wholeNanoseconds: Int {
        Int(components.seconds) * 1_000_000_000 + Int(components.attoseconds / 1_000_000_000)
    }
}
