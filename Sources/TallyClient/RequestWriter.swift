public import Wire

/// Sends the requests of one streaming call.
public struct RequestWriter<Message: WireMessage>: Sendable {
    let call: PooledCall

    /// Sends a message; returns once there is room for another.
    /// - Throws: `TallyError` where the call is over.
    public func send(_ message: Message) async throws {
        do {
            try await call.send(message.serialized())
        } catch {
            throw TallyError(error)
        }
    }

    /// Says that no further message comes. Returning from the call's body says so too where the
    /// server answers once.
    public func finish() {
        call.halfClose()
    }
}
