import COpenSSL
import Core

extension TLSContext {
    // Where OpenSSL keeps the application's own pointer of an object.
    private static let ownIndex: Int32 = 0
    private static let contextIDByteCount = 32

    // MARK: A server's

    /// Seals what a session needs into tickets that the client keeps, and opens them again.
    /// - Parameter admission: Whom the listener admits. A session resumes its peer's certificate
    ///   without looking at it again, so it does not count where another admission holds.
    func resumeSessions(admittedAs admission: String) throws(TLSError) {
        SSL_CTX_set_timeout(pointer, Int(Self.sessionLifetime.components.seconds))
        let words = Array(admission.utf8)
        var id = [UInt8](repeating: 0, count: Self.contextIDByteCount)
        guard EVP_Digest(words, words.count, &id, nil, EVP_sha256(), nil) == 1,
            SSL_CTX_set_session_id_context(pointer, id, UInt32(id.count)) == 1,
            // Unretained: every TLSSession keeps its context, and OpenSSL calls back within one.
            SSL_CTX_set_ex_data(
                pointer, Self.ownIndex, Unmanaged.passUnretained(self).toOpaque()) == 1,
            SSL_CTX_set_tlsext_ticket_key_evp_cb(
                pointer, { TLSContext.setUp($0, name: $1, vector: $2, $3, $4, isSealing: $5 == 1) })
                == 1,
            SSL_CTX_set_session_ticket_cb(
                pointer, nil,
                { session, ticket, _, _, status, _ in
                    TLSContext.judge(session, ticket: ticket, status: status)
                }, nil) == 1
        else { throw TLSError.setup(reason: OpenSSLError.takeReason()) }
    }

    private static func context(of session: OpaquePointer) -> TLSContext? {
        SSL_CTX_get_ex_data(SSL_get_SSL_CTX(session), ownIndex).map {
            Unmanaged<TLSContext>.fromOpaque($0).takeUnretainedValue()
        }
    }

    /// Hands OpenSSL the key of one ticket.
    /// - Returns: 1 for done, 2 for done and the client is to get a new ticket, 0 for no key.
    private static func setUp(
        _ session: OpaquePointer?, name: UnsafeMutablePointer<UInt8>?,
        vector: UnsafeMutablePointer<UInt8>?, _ cipher: OpaquePointer?, _ hash: OpaquePointer?,
        isSealing: Bool
    ) -> Int32 {
        guard let session, let name, let vector, let cipher, let hash,
            let keys = context(of: session)?.ticketKeys
        else { return 0 }
        if isSealing {
            guard let key = keys.sealingKey() else { return 0 }
            return key.seal(name: name, vector: vector, cipher: cipher, hash: hash) ? 1 : 0
        }
        let stated = UnsafeRawBufferPointer(start: name, count: TLSTicketKey.nameByteCount)
        guard let key = keys.openingKey(name: stated),
            key.open(vector: vector, cipher: cipher, hash: hash)
        else { return 0 }
        // Clients use a ticket of TLS 1.3 once, so each connection brings the next one.
        let isOld = key !== keys.sealingKey()
        return isOld || SSL_version(session) >= TLS1_3_VERSION ? 2 : 1
    }

    /// Says whether a session whose ticket opened, or did not, may be resumed.
    private static func judge(
        _ session: OpaquePointer?, ticket: OpaquePointer?, status: Int32
    ) -> Int32 {
        switch status {
        case SSL_TICKET_SUCCESS, SSL_TICKET_SUCCESS_RENEW:
            guard let session, let ticket, let context = context(of: session),
                !context.hasExpired(SSL_SESSION_get0_peer(ticket))
            else { return SSL_TICKET_RETURN_IGNORE_RENEW }
            return status == SSL_TICKET_SUCCESS
                ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW
        case SSL_TICKET_EMPTY, SSL_TICKET_NO_DECRYPT:
            return SSL_TICKET_RETURN_IGNORE_RENEW
        default:
            return SSL_TICKET_RETURN_ABORT
        }
    }

    func hasExpired(_ certificate: OpaquePointer?) -> Bool {
        guard let certificate else { return false }
        var time = time_t(clock.now.seconds)
        // Positive: the end is later than `time`. Zero is a date that cannot be read.
        return X509_cmp_time(X509_get0_notAfter(certificate), &time) <= 0
    }

    // MARK: A client's

    /// Has OpenSSL hand over each session that a server gives.
    func keepSessions() {
        _ = tally_SSL_CTX_set_session_cache_mode(
            pointer, Int(SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL))
        SSL_CTX_sess_set_new_cb(pointer) { session, ticket in
            guard let session, let ticket,
                let owner = SSL_get_ex_data(session, TLSContext.ownIndex)
            else { return 0 }
            // Unretained: OpenSSL calls back within a method of the TLSSession that owns `session`.
            Unmanaged<TLSSession>.fromOpaque(owner).takeUnretainedValue()
                .keep(TLSClientSession(owning: ticket))
            // The reference is ours now.
            return 1
        }
    }

    /// Lets `keepSessions` find the owner of `session`.
    static func setOwner(_ owner: TLSSession, of session: OpaquePointer) -> Bool {
        SSL_set_ex_data(session, ownIndex, Unmanaged.passUnretained(owner).toOpaque()) == 1
    }
}
