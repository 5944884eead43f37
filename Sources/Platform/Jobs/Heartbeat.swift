/// When a lease is to be renewed next: three times while it lasts, and sooner again where it could not be, since what is in
/// the way, as others who lock the same jobs, mostly is not for long. Times are what passed since the claim, be it that
/// the work begins later.
struct Heartbeat: Sendable {
    private let lease: Duration
    private(set) var next: Duration

    init(of lease: Duration) {
        self.lease = lease
        next = lease / 3
    }

    /// How long a renewal is waited for, so that there is time for another try.
    static func patience(of lease: Duration) -> Duration { lease / 3 }

    mutating func renewed(at asked: Duration) {
        next = asked + lease / 3
    }

    mutating func failed(at time: Duration) {
        next = time + lease / 12
    }
}
