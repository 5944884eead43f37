/// One run of a claimed job: work on one side, its lease on the other.
///
/// It takes events and returns what to do, with no clock and no I/O of its own; time is what
/// passed since the claim. `JobRunner` carries the actions out.
struct JobRunStateMachine: Sendable {
    private enum State: Sendable {
        /// Lease held until `leaseEnd`.
        case working(leaseEnd: Duration)
        /// The same, and the database has been asked for more time.
        case renewing(leaseEnd: Duration)
        /// The lease is gone or in doubt: the work is being cancelled and nothing it says counts.
        case abandoning
        case ended
    }

    enum LeaseAction: Hashable {
        case none
        /// Ask the database for more time.
        case renew
        /// Cancel the work: somebody else may have the job.
        case cancelWork
    }

    enum WorkAction: Hashable {
        /// Store what the outcome comes to.
        case record(JobOutcome)
        /// Write nothing: the job is another worker's.
        case drop
    }

    private var state: State
    private let leaseDuration: Duration
    private var heartbeat: Heartbeat

    init(leaseDuration: Duration) {
        self.leaseDuration = leaseDuration
        self.heartbeat = Heartbeat(of: leaseDuration)
        self.state = .working(leaseEnd: leaseDuration)
    }

    /// When the lease ends; nil where it is gone or in doubt, or the work has ended.
    var leaseEnd: Duration? {
        switch state {
        case .working(let leaseEnd), .renewing(let leaseEnd): leaseEnd
        case .abandoning, .ended: nil
        }
    }

    /// When something is to be done next; nil where nothing is, but to wait for the work.
    var nextTime: Duration? {
        switch state {
        case .working(let leaseEnd): min(heartbeat.next, leaseEnd)
        case .renewing(let leaseEnd): leaseEnd
        case .abandoning, .ended: nil
        }
    }

    /// It is `time` now. The lease's end is seen whether or not the database has answered.
    mutating func timePassed(_ time: Duration) -> LeaseAction {
        switch state {
        case .working(let leaseEnd) where time >= leaseEnd,
            .renewing(let leaseEnd) where time >= leaseEnd:
            state = .abandoning
            return .cancelWork
        case .working(let leaseEnd) where time >= heartbeat.next:
            state = .renewing(leaseEnd: leaseEnd)
            return .renew
        case .working, .renewing, .abandoning, .ended:
            return .none
        }
    }

    /// The database extended the lease, asked at `time`.
    mutating func leaseRenewed(at time: Duration) {
        heartbeat.renewed(at: time)
        switch state {
        case .working, .renewing: state = .working(leaseEnd: time + leaseDuration)
        case .abandoning, .ended: break
        }
    }

    /// The database says that the lease is another worker's.
    mutating func leaseLost() -> LeaseAction {
        switch state {
        case .working, .renewing:
            state = .abandoning
            return .cancelWork
        case .abandoning, .ended:
            return .none
        }
    }

    /// The database could not be asked, undid it, or did not answer in time. The lease still runs; the next heartbeat
    /// decides, and comes sooner.
    mutating func renewalFailed(at time: Duration) {
        heartbeat.failed(at: time)
        switch state {
        case .working(let leaseEnd), .renewing(let leaseEnd): state = .working(leaseEnd: leaseEnd)
        case .abandoning, .ended: break
        }
    }

    /// The work came to an end.
    mutating func workFinished(_ outcome: JobOutcome) -> WorkAction {
        switch state {
        case .working, .renewing:
            state = .ended
            return .record(outcome)
        case .abandoning, .ended:
            state = .ended
            return .drop
        }
    }
}
