import NIOCore

/// Wakes a connection at its state machine's next deadline; lives on the connection's event loop.
///
/// Deadlines mostly move away from now, so a wake that comes too early costs less than moving the
/// timer with each frame.
struct ConnectionTimer {
    private var scheduled: (deadline: NIODeadline, task: Scheduled<Void>)?

    /// Whether nothing would wake the connection at `deadline` or before.
    func isLate(for deadline: NIODeadline?) -> Bool {
        guard let deadline else { return false }
        return scheduled.map { $0.deadline > deadline } ?? true
    }

    /// - Parameter wake: Called on the event loop; it schedules anew.
    mutating func schedule(
        at deadline: NIODeadline, on eventLoop: any EventLoop, wake: @escaping @Sendable () -> Void
    ) {
        cancel()
        scheduled = (deadline, eventLoop.scheduleTask(deadline: deadline, wake))
    }

    /// The timer has gone off.
    mutating func fired() {
        scheduled = nil
    }

    mutating func cancel() {
        scheduled?.task.cancel()
        scheduled = nil
    }
}
