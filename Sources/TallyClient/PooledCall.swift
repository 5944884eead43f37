import RPC

/// A call with its place on a connection, which it gives back when it is over.
final class PooledCall: Sendable {
    private let call: ClientCall
    private let lease: ConnectionLease

    init(call: ClientCall, lease: ConnectionLease) {
        self.call = call
        self.lease = lease
    }

    deinit {
        lease.end()
    }

    func waitUntilOpened() async throws(ClientCallFailure) { try await call.waitUntilOpened() }

    func answer() async throws(ClientCallFailure) -> ClientAnswer { try await call.answer() }

    func nextMessage() async throws(ClientCallFailure) -> [UInt8]? { try await call.nextMessage() }

    func send(_ message: [UInt8]) async throws(ClientCallFailure) { try await call.send(message) }

    func halfClose() { call.halfClose() }

    /// Gives the call up where it is not over.
    func cancel() { call.cancel() }

    /// Why the call failed; nil where it goes on or has succeeded.
    var failure: ClientCallFailure? {
        guard case .failure(let failure) = call.result else { return nil }
        return failure
    }
}
