import Synchronization

/// The first message of one call, still serialized.
package struct RPCRequest: Sendable {
    /// What is large is kept only until it is parsed: by then its credit has gone back to the client,
    /// who may send as much again while the handler works.
    private final class LargeMessage: Sendable {
        private struct State {
            var bytes: [UInt8]
            var isDropped = false
        }

        private let state: Mutex<State>

        init(_ bytes: [UInt8]) {
            state = Mutex(State(bytes: bytes))
        }

        var kept: [UInt8] {
            get throws(CancellationError) {
                guard let bytes = state.withLock({ $0.isDropped ? nil : $0.bytes }) else {
                    throw CancellationError()
                }
                return bytes
            }
        }

        func take() throws(CancellationError) -> [UInt8] {
            let bytes: [UInt8]? = state.withLock { state in
                defer { state.bytes = [] }
                return state.isDropped ? nil : state.bytes
            }
            guard let bytes else { throw CancellationError() }
            return bytes
        }

        func drop() {
            state.withLock { $0 = State(bytes: [], isDropped: true) }
        }
    }

    private enum Message: Sendable {
        case small([UInt8])
        case large(LargeMessage)
    }

    /// One of so many bytes or more can be parsed once only.
    package static let largeByteCount = 16 * 1024

    private let message: Message
    /// Bytes of the message.
    package let byteCount: Int
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
        self.message =
            message.count < Self.largeByteCount
            ? .small(message) : .large(LargeMessage(message))
        byteCount = message.count
        self.hasMessage = hasMessage
        self.isComplete = isComplete
        self.stream = stream
    }

    /// The serialized message, for telling requests apart before it is parsed; parsing goes through
    /// `takeMessage`, after which nothing may be left here.
    package var bytes: [UInt8] {
        get throws(CancellationError) {
            switch message {
            case .small(let bytes): bytes
            case .large(let message): try message.kept
            }
        }
    }

    /// The serialized message, for parsing it now, once.
    /// - Throws: `CancellationError` where the call has ended and what it brought is gone.
    package func takeMessage() throws(CancellationError) -> [UInt8] {
        stream?.requestTaken()
        return switch message {
        case .small(let bytes): bytes
        case .large(let message): try message.take()
        }
    }

    /// Lets go of a large message. Its credit goes back to the client, who may send as much again, while
    /// the handler may take its time to end.
    func drop() {
        if case .large(let message) = message { message.drop() }
    }
}
