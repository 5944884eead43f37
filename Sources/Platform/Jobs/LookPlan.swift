/// When a worker looks at the queue next: at once while there is little to do, and every `spacing`
/// where there always is something, so that one look finds several jobs and what looking costs stays small.
///
/// It takes events and says a time, with no clock of its own; times are what passed since the worker began.
struct LookPlan: Sendable {
    /// Between two looks, where those at once are used up.
    static let spacing: Duration = .milliseconds(1500)
    /// Looks at once, after a rest; each is there again after `spacing`.
    static let allowanceMax = 40
    /// Never sooner after a look that found nothing, so that a job which another worker holds is not
    /// asked for in a tight loop.
    static let pause: Duration = .milliseconds(10)
    /// How long a look waits for what has ended to be stored.
    static let storingMax: Duration = .seconds(1)

    private let idle: Duration
    private var allowance: Duration
    private var allowanceAt: Duration = .zero
    private var lastLook: Duration?
    /// Whether the last look found as many jobs as it could take.
    private var mayBeMore = false
    private(set) var nextLook: Duration = .zero

    /// - Parameter idle: between two looks at an empty queue, at most.
    init(idle: Duration) {
        self.idle = idle
        allowance = Self.spacing * Self.allowanceMax
    }

    /// Whether a look now is one of those that come at once.
    func isAtOnce(at now: Duration) -> Bool { allowance(at: now) >= Self.spacing }

    private func allowance(at now: Duration) -> Duration {
        min(Self.spacing * Self.allowanceMax, allowance + (now - allowanceAt))
    }

    /// The queue was looked at.
    /// - Parameters:
    ///   - placeCount: jobs that could be taken.
    ///   - jobCount: jobs that were.
    ///   - untilNextDue: until the next job that waits for its time may be taken; nil where that is not known.
    mutating func looked(
        at now: Duration, placeCount: Int, jobCount: Int, untilNextDue: Duration?
    ) {
        mayBeMore = jobCount >= placeCount
        // One that filled every place did all that a look can do, and an empty queue is not busy.
        let isOfEmptyQueue =
            jobCount == 0 && lastLook.map { now - $0 >= min(Self.spacing, idle) } ?? true
        if !mayBeMore, !isOfEmptyQueue {
            allowance = max(.zero, allowance(at: now) - Self.spacing)
            allowanceAt = now
        }
        lastLook = now
        nextLook = max(earliest(after: now), now + min(idle, untilNextDue ?? idle))
    }

    /// A job has ended, so that there is a place, something to record, and perhaps what waited for it.
    /// - Parameter goesOn: whether it is due again at once, as one that leaves its place to others now and then: a look is
    ///   sure to find it, or them, and comes at once however busy the queue is.
    mutating func jobEnded(at now: Duration, goesOn: Bool = false) {
        let soonest =
            goesOn ? (lastLook ?? now) + min(Self.pause, idle) : earliest(after: lastLook ?? now)
        nextLook = min(nextLook, mayBeMore ? now : max(now, soonest))
    }

    /// What has ended is being stored; the look follows that, unless it takes long.
    mutating func storing(at now: Duration) {
        nextLook = now + Self.storingMax
    }

    /// What had ended is stored, or could not be.
    mutating func stored(at now: Duration, isFailed: Bool) {
        nextLook = isFailed ? now + idle : now
    }

    /// The soonest that a look follows one at `look`.
    private func earliest(after look: Duration) -> Duration {
        look + (isAtOnce(at: look) ? min(Self.pause, idle) : Self.spacing)
    }
}
