/// The first message of one call, still serialized.
package struct RPCRequest: Sendable {
    /// The serialized message, for telling requests apart; parsing goes through `takeMessage`.
    package let bytes: [UInt8]
    /// Whether the `Open` carried a message; streams may begin without one.
    package let hasMessage: Bool
    /// Whether the client sent all that a unary call needs: a message, and no more to come.
    package let isComplete: Bool
    /// Told when the message is about to be parsed, for flow control.
    private let stream: (any RPCStream)?

    package init(
        message: [UInt8], hasMessage: Bool = true, isComplete: Bool = true,
        stream: (any RPCStream)? = nil
    ) {
        bytes = message
        self.hasMessage = hasMessage
        self.isComplete = isComplete
        self.stream = stream
    }

    /// The serialized message, for parsing it now.
    package func takeMessage() -> [UInt8] {
        stream?.requestTaken()
        return bytes
    }
}
