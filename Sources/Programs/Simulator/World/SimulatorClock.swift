/// The simulated now: the machine's clock, or one that stands still until it is told to move.
struct SimulatorClock: Sendable {
    private var standing: Int64?
    private let machine: @Sendable () -> Int64

    init(standingAt seconds: Int64?, machine: @escaping @Sendable () -> Int64) {
        self.standing = seconds
        self.machine = machine
    }

    /// Seconds since 1970.
    var now: Int64 { standing ?? machine() }

    var stands: Bool { standing != nil }

    /// Stops the clock at `seconds`.
    mutating func set(_ seconds: Int64) {
        standing = seconds
    }
}
