package import Wire

/// One call as its transport carries it: its messages beyond the first, serialized.
package protocol RPCStream: AnyObject, Sendable {
    /// The first message is being parsed.
    func requestTaken()

    /// The client's next message; nil once it has sent all.
    /// - Throws: `CancellationError` where the call is over.
    func nextMessage() async throws -> [UInt8]?

    /// A message as it goes out on this stream; `message` is read and not kept.
    func outgoing(_ message: PackedMessage) -> OutgoingMessage

    /// Sends a message; returns once there is room for another.
    /// - Throws: `CancellationError` where the call is over; `RESPONSE_TOO_LARGE`.
    func send(_ message: OutgoingMessage) async throws
}

/// What a client sends in one streaming call, to be read once, by one task.
///
/// A message is asked of the client only as this is read: one who sends faster waits.
package struct RPCMessages<Message: WireMessage>: AsyncSequence, Sendable {
    package typealias Element = Message
    package typealias Failure = any Error

    let request: RPCRequest
    let stream: any RPCStream

    /// Parses as it goes.
    package struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var first: RPCRequest?
        fileprivate let stream: any RPCStream

        /// - Throws: `WireError` where a message does not parse; `CancellationError`.
        package mutating func next() async throws -> Message? {
            if let request = first {
                first = nil
                return try Message(serialized: try request.takeMessage())
            }
            guard let bytes = try await stream.nextMessage() else { return nil }
            return try Message(serialized: bytes)
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(first: request.hasMessage ? request : nil, stream: stream)
    }
}

/// Sends the responses of one streaming call.
package struct RPCWriter<Message: WireMessage>: Sendable {
    let stream: any RPCStream

    /// Sends a message, after those sent before it; returns once there is room for another, so that
    /// a client who does not read holds up its own call and nothing else.
    /// - Throws: `CancellationError` where the call is over; `RESPONSE_TOO_LARGE`.
    package func send(_ message: Message) async throws {
        try await stream.send(
            message.withPacked(in: MessageArena()) { stream.outgoing($0) })
    }
}
