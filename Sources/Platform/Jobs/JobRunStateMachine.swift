/// One run of a claimed job: work on one side, its lease on the other.
///
/// It takes events and returns what to do, with no clock and no I/O of its own; time is what
/// passed since the claim. `JobRunner` carries the actions out.
struct JobRunStateMachine: Sendable {
    private enum State: Sendable {
        /// Lease held until `leaseEnd`.
        case working(leaseEnd: Duration)
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
    /// When the next one is due.
    private(set) var heartbeat: Heartbeat

    init(leaseDuration: Duration) {
        self.leaseDuration = leaseDuration
        self.heartbeat = Heartbeat(of: leaseDuration)
        self.state = .working(leaseEnd: leaseDuration)
    }

    /// When the lease ends; nil where it is gone or in doubt, or the work has ended.
    var leaseEnd: Duration? {
        switch state {
        case .working(let leaseEnd): leaseEnd
        case .abandoning, .ended: nil
        }
    }

    /// A heartbeat is due at `time`.
    mutating func heartbeatDue(at time: Duration) -> LeaseAction {
        switch state {
        case .working(let leaseEnd) where time >= leaseEnd:
            state = .abandoning
            return .cancelWork
        case .working:
            return .renew
        case .abandoning, .ended:
            return .none
        }
    }

    /// The database extended the lease, asked at `time`.
    mutating func leaseRenewed(at time: Duration) {
        heartbeat.renewed()
        switch state {
        case .working: state = .working(leaseEnd: time + leaseDuration)
        case .abandoning, .ended: break
        }
    }

    /// The database says that the lease is another worker's.
    mutating func leaseLost() -> LeaseAction {
        switch state {
        case .working:
            state = .abandoning
            return .cancelWork
        case .abandoning, .ended:
            return .none
        }
    }

    /// The database could not be asked, or undid it. The lease still runs; the next heartbeat decides, and comes
    /// sooner.
    mutating func renewalFailed() {
        heartbeat.failed()
    }

    /// The work came to an end.
    mutating func workFinished(_ outcome: JobOutcome) -> WorkAction {
        switch state {
        case .working:
            state = .ended
            return .record(outcome)
        case .abandoning, .ended:
            state = .ended
            return .drop
        }
    }
}
