import COpenSSL
import Synchronization

/// The sessions that servers gave a client, for its next connections to them.
///
/// Bounded: the oldest give way. A TLS 1.3 session is offered once, as RFC 8446 (C.4) asks, so that
/// nobody on the way can tell two connections of one client by their tickets.
final class TLSSessionStore: Sendable {
    /// As many as connections that are likely to be opened together.
    static let sessionCountPerServerMax = 4
    /// A client's context serves one target, rarely a few.
    static let serverCountMax = 16

    private struct State {
        /// Newest last.
        var sessions: [(server: TLSPeerName?, session: TLSClientSession)] = []
    }

    private let state = Mutex(State())

    func add(_ session: TLSClientSession, server: TLSPeerName?) {
        state.withLock { state in
            let older = state.sessions.indices.filter { state.sessions[$0].server == server }
            if older.count >= Self.sessionCountPerServerMax {
                state.sessions.remove(at: older[0])
            } else if state.sessions.count
                >= Self.sessionCountPerServerMax * Self.serverCountMax
            {
                state.sessions.removeFirst()
            }
            state.sessions.append((server, session))
        }
    }

    /// The newest session of a server, taken out where it may be offered once only.
    func next(server: TLSPeerName?) -> TLSClientSession? {
        state.withLock { state in
            state.sessions.removeAll { !$0.session.isResumable }
            guard let index = state.sessions.lastIndex(where: { $0.server == server }) else {
                return nil
            }
            let session = state.sessions[index].session
            if session.isForOneUse {
                state.sessions.remove(at: index)
            }
            return session
        }
    }
}

/// Owns one session of a client.
// `@unchecked`: OpenSSL counts references to an SSL_SESSION atomically and locks what changes in it.
final class TLSClientSession: @unchecked Sendable {
    let pointer: OpaquePointer

    /// - Parameter pointer: A reference that is given away.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        SSL_SESSION_free(pointer)
    }

    var isResumable: Bool { SSL_SESSION_is_resumable(pointer) == 1 }

    var isForOneUse: Bool { SSL_SESSION_get_protocol_version(pointer) >= TLS1_3_VERSION }
}
