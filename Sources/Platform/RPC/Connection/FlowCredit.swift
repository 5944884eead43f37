/// What one side may still send in one window (rule 5).
struct FlowCredit: Sendable, Hashable {
    /// "Credit above 2^31−1 … [is] `PROTOCOL_ERROR`."
    static let byteCountMax = Int64(Int32.max)

    /// Below zero where a message took more than was left.
    private(set) var byteCount: Int64

    init(byteCount: Int64) {
        self.byteCount = byteCount
    }

    /// "each counts its length + 16"
    static func cost(messageByteCount: Int) -> Int64 {
        Int64(messageByteCount) + 16
    }

    /// "Sending needs credit above 0 in every window it counts on and may take it below 0."
    var allowsSending: Bool { byteCount > 0 }

    /// Takes the cost of a message.
    /// - Returns: Whether there was credit.
    mutating func spend(_ cost: Int64) -> Bool {
        guard allowsSending else { return false }
        byteCount -= cost
        return true
    }

    /// Adds what a `Window` brought.
    /// - Returns: Whether the sum is within the protocol's limit.
    mutating func add(_ count: Int64) -> Bool {
        byteCount += count
        return byteCount <= Self.byteCountMax
    }
}
