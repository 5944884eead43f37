internal import CLibPQ

/// Owner of one `PGcancel`: all that is needed to cancel what a connection runs.
// Unchecked: libpq lets any thread use what `PQgetCancel` made; nothing here changes.
final class CancelRequest: @unchecked Sendable {
    private let pointer: OpaquePointer

    /// Nil where the connection is closed.
    init?(_ connection: ConnectionHandle) {
        guard let pointer = PQgetCancel(connection.pointer) else { return nil }
        self.pointer = pointer
    }

    deinit {
        PQfreeCancel(pointer)
    }

    /// Sends the request; returns when the server has taken it, or cannot.
    func send() {
        var message = [CChar](repeating: 0, count: 256)
        PQcancel(pointer, &message, Int32(message.count))
    }
}
