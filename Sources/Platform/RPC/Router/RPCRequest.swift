/// The first message of one call, still serialized.
package struct RPCRequest: Sendable {
    private let message: [UInt8]
    /// Whether the client sent all that a unary call needs: a message, and no more to come.
    package let isComplete: Bool
    private let whenTaken: @Sendable () -> Void

    /// - Parameter whenTaken: Called when the message is about to be parsed, for flow control.
    package init(
        message: [UInt8], isComplete: Bool = true, whenTaken: @escaping @Sendable () -> Void = {}
    ) {
        self.message = message
        self.isComplete = isComplete
        self.whenTaken = whenTaken
    }

    /// The serialized message, for parsing it now.
    package func takeMessage() -> [UInt8] {
        whenTaken()
        return message
    }

    /// The serialized message, for telling requests apart; it stays to be taken.
    package var bytes: [UInt8] { message }
}
