import Synchronization

/// The first message of one call, still serialized.
package struct RPCRequest: Sendable {
    /// What is large is kept only until it is parsed: by then its credit has gone back to the client,
    /// who may send as much again while the handler works.
    private final class LargeMessage: Sendable {
        private let bytes: Mutex<[UInt8]>

        init(_ bytes: [UInt8]) {
            self.bytes = Mutex(bytes)
        }

        var kept: [UInt8] { bytes.withLock { $0 } }

        func take() -> [UInt8] {
            bytes.withLock { bytes in
                defer { bytes = [] }
                return bytes
            }
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
        switch message {
        case .small(let bytes): bytes
        case .large(let message): message.kept
        }
    }

    /// The serialized message, for parsing it now, once.
    package func takeMessage() -> [UInt8] {
        stream?.requestTaken()
        return switch message {
        case .small(let bytes): bytes
        case .large(let message): message.take()
        }
    }
}
