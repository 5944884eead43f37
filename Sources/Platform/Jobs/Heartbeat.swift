/// When a lease is to be renewed next: three times while it lasts, and sooner again where it could not be, since what is in
/// the way, as others who lock the same jobs, mostly is not for long.
struct Heartbeat: Sendable {
    private let lease: Duration
    private var hasFailed = false

    init(of lease: Duration) {
        self.lease = lease
    }

    /// From the last one on.
    var pause: Duration { hasFailed ? lease / 12 : lease / 3 }

    mutating func renewed() {
        hasFailed = false
    }

    mutating func failed() {
        hasFailed = true
    }
}
