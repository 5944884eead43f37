/// What is fed with bytes of any kind, by the fuzzer and by the replay of the kept corpus alike.
package enum FuzzTarget: String, CaseIterable, Sendable {
    /// A connection's bytes to frames.
    case frame
    /// A payload to a message of the contract.
    case message
    /// A peer's frames, a clock and handlers to the server's side of a connection.
    case connection

    /// - Throws: What the code under test did and may not do. It may also trap, which is a find too.
    package func run(_ input: [UInt8]) throws(FuzzFind) {
        switch self {
        case .frame: try FrameFuzz.run(input)
        case .message: try MessageFuzz.run(input)
        case .connection: try ConnectionFuzz.run(input)
        }
    }
}

/// Something that may not be.
package struct FuzzFind: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Finds `what` where `isHolding` is false.
func demand(_ isHolding: Bool, _ what: @autoclosure () -> String) throws(FuzzFind) {
    guard isHolding else { throw FuzzFind(what()) }
}
