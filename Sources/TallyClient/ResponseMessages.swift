public import Wire

/// What a server sends in one streaming call, to be read once, by one task at a time.
///
/// A response is asked of the server only as this is read: a slow reader slows the server down.
/// A task that reads while another waits for a response gets FAILED_PRECONDITION
/// (`RESPONSES_BEING_READ`), and the call goes on.
public struct ResponseMessages<Message: WireMessage>: AsyncSequence, Sendable {
    public typealias Element = Message
    public typealias Failure = any Error

    let reader: ResponseReader

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let reader: ResponseReader

        /// - Throws: `TallyError`.
        public mutating func next() async throws -> Message? {
            let bytes: [UInt8]?
            do {
                bytes = try await reader.next()
            } catch {
                throw TallyError(error)
            }
            return try bytes.map { try Message(received: $0) }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(reader: reader)
    }
}
