import COpenSSL
import Core

/// Certificates, authorities and rules that the connections of one listener or client share.
///
/// TLS 1.2 is the floor, 1.3 preferred; ciphers are the AEAD ones with forward secrecy. Sessions are
/// resumed by tickets, always with a fresh key exchange; early data, which could be replayed, and
/// renegotiation are off.
// `@unchecked`: OpenSSL counts references to an SSL_CTX atomically, and nothing changes this one
// after `init`; the buffer of protocols is only read.
package final class TLSContext: @unchecked Sendable {
    /// Which end of connections it makes.
    package enum Side: Sendable, Hashable {
        case server
        case client
    }

    /// How long a session may be resumed. A peer's certificate is not verified again meanwhile,
    /// though one that has expired ends its sessions.
    static let sessionLifetime = Duration.seconds(2 * 3600)

    private static let ciphers =
        "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
        + "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:"
        + "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256"

    let side: Side
    let pointer: OpaquePointer
    /// ALPN's form: each name after its length. OpenSSL's callback reads it.
    private let protocols: UnsafeMutableBufferPointer<UInt8>
    /// A server's; the contexts before and after a reload share them.
    let ticketKeys: TLSTicketKeys?
    /// A client's.
    let sessions: TLSSessionStore?
    /// Tells whether a certificate has expired.
    let clock: WallClock

    private init(
        side: Side, protocolName: String, ticketKeys: TLSTicketKeys?, sessions: TLSSessionStore?,
        clock: WallClock = .system
    ) throws(TLSError) {
        guard
            let pointer = SSL_CTX_new(side == .server ? TLS_server_method() : TLS_client_method())
        else { throw TLSError.setup(reason: OpenSSLError.takeReason()) }
        self.side = side
        self.pointer = pointer
        self.ticketKeys = ticketKeys
        self.sessions = sessions
        self.clock = clock
        let name = Array(protocolName.utf8)
        protocols = .allocate(capacity: name.count + 1)
        _ = protocols.initialize(from: [UInt8(clamping: name.count)] + name)
        try restrict()
    }

    deinit {
        SSL_CTX_free(pointer)
        protocols.deallocate()
    }

    /// For a listener.
    /// - Parameters:
    ///   - files: What it proves itself with, and whom it admits.
    ///   - protocolName: The one protocol of ALPN. A client that offers others only is refused; one
    ///     that offers none is served.
    ///   - ticketKeys: Shared with the contexts whose sessions it is to resume.
    ///   - clock: Tells whether a client's certificate has expired since its session began.
    static func server(
        files: TLSServerFiles, protocolName: String, ticketKeys: TLSTicketKeys,
        clock: WallClock = .system
    ) throws(TLSError) -> TLSContext {
        let context = try TLSContext(
            side: .server, protocolName: protocolName, ticketKeys: ticketKeys, sessions: nil,
            clock: clock)
        try context.use(
            certificateFile: files.certificateFile, privateKeyFile: files.privateKeyFile)
        var admission = "anybody"
        if let file = files.clientAuthorityFile {
            let digest = try context.trust(authorityFile: file)
            var mode = SSL_VERIFY_PEER
            switch files.clientCertificate {
            case .required: mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT
            case .optional: break
            }
            SSL_CTX_set_verify(context.pointer, mode, nil)
            admission = "\(files.clientCertificate.rawValue) \(digest)"
        }
        try context.resumeSessions(admittedAs: admission)
        context.selectProtocol()
        return context
    }

    /// For a client; servers' certificates are verified.
    /// - Parameters:
    ///   - authorityFile: PEM; nil for the authorities of the system.
    ///   - certificateFile: PEM of the client itself, for servers that ask; nil for none.
    ///   - privateKeyFile: The key of `certificateFile`.
    ///   - protocolName: The one protocol of ALPN.
    package static func client(
        authorityFile: String?, certificateFile: String?, privateKeyFile: String?,
        protocolName: String
    ) throws(TLSError) -> TLSContext {
        let context = try TLSContext(
            side: .client, protocolName: protocolName, ticketKeys: nil, sessions: TLSSessionStore())
        if let authorityFile {
            _ = try context.trust(authorityFile: authorityFile)
        } else if SSL_CTX_set_default_verify_paths(context.pointer) != 1 {
            throw TLSError.setup(reason: OpenSSLError.takeReason())
        }
        if let certificateFile, let privateKeyFile {
            try context.use(certificateFile: certificateFile, privateKeyFile: privateKeyFile)
        }
        SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, nil)
        // Zero is success here, unlike everywhere else in OpenSSL.
        let result = SSL_CTX_set_alpn_protos(
            context.pointer, context.protocols.baseAddress, UInt32(context.protocols.count))
        guard result == 0 else { throw TLSError.setup(reason: OpenSSLError.takeReason()) }
        context.keepSessions()
        return context
    }

    private func restrict() throws(TLSError) {
        guard tally_SSL_CTX_set_min_proto_version(pointer, TLS1_2_VERSION) == 1,
            SSL_CTX_set_cipher_list(pointer, Self.ciphers) == 1
        else { throw TLSError.setup(reason: OpenSSLError.takeReason()) }
        tally_SSL_CTX_restrict(pointer)
        // An idle connection would otherwise keep 34 KiB of record buffers.
        tally_SSL_CTX_set_mode(pointer, Int(SSL_MODE_RELEASE_BUFFERS))
        // A server's sessions stand in its tickets, and a client's in its store.
        _ = tally_SSL_CTX_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
    }

    private func use(certificateFile: String, privateKeyFile: String) throws(TLSError) {
        guard SSL_CTX_use_certificate_chain_file(pointer, certificateFile) == 1 else {
            throw TLSError.file(path: certificateFile, reason: OpenSSLError.takeReason())
        }
        guard SSL_CTX_use_PrivateKey_file(pointer, privateKeyFile, SSL_FILETYPE_PEM) == 1,
            SSL_CTX_check_private_key(pointer) == 1
        else { throw TLSError.file(path: privateKeyFile, reason: OpenSSLError.takeReason()) }
    }

    /// No client would accept a certificate outside of its dates, so one that is good is not replaced by it.
    func checkDates(certificateFile: String) throws(TLSError) {
        let certificate = SSL_CTX_get0_certificate(pointer)
        // Clocks of an authority and of a server differ by moments.
        var soon = time_t(clock.now.seconds + 300)
        if X509_cmp_time(X509_get0_notBefore(certificate), &soon) > 0 {
            throw .file(path: certificateFile, reason: "the certificate is not valid yet")
        }
        if hasExpired(certificate) {
            throw .file(path: certificateFile, reason: "the certificate has expired")
        }
    }

    /// - Returns: A digest of the file that is trusted now.
    private func trust(authorityFile: String) throws(TLSError) -> String {
        let file = try CertificateFile(path: authorityFile)
        for certificate in file.certificates {
            guard
                X509_STORE_add_cert(SSL_CTX_get_cert_store(pointer), certificate.pointer) == 1,
                // Tells clients which of their certificates is asked for.
                side == .client || SSL_CTX_add_client_CA(pointer, certificate.pointer) == 1
            else { throw TLSError.file(path: authorityFile, reason: OpenSSLError.takeReason()) }
        }
        return file.digest
    }

    private func selectProtocol() {
        SSL_CTX_set_alpn_select_cb(
            pointer,
            { _, selected, selectedCount, offered, offeredCount, argument in
                guard let argument, let selected, let selectedCount else {
                    return SSL_TLSEXT_ERR_ALERT_FATAL
                }
                let context = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
                var match: UnsafeMutablePointer<UInt8>?
                let result = SSL_select_next_proto(
                    &match, selectedCount, context.protocols.baseAddress,
                    UInt32(context.protocols.count), offered, offeredCount)
                selected.pointee = UnsafePointer(match)
                return result == OPENSSL_NPN_NEGOTIATED
                    ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL
            },
            // Unretained: every TLSSession keeps its context, and OpenSSL calls back within one.
            Unmanaged.passUnretained(self).toOpaque())
    }
}
