import COpenSSL
import NIOCore

/// Owns one OpenSSL connection over buffers in memory: bytes go in and out, nothing waits.
///
/// Belongs to one event loop.
final class TLSSession {
    /// What a step of the handshake came to.
    enum HandshakeStep {
        case done(TLSHandshakeCompleted)
        case needsInput
        case failed(TLSError)
    }

    /// What reading came to.
    enum ReadStep {
        case needsInput
        /// The peer said that it sends no more.
        case ended
        case failed(TLSError)
    }

    /// Most that one record holds.
    static let recordByteCountMax = 16 * 1024
    // Head, explicit nonce, content type and tag: 29 bytes at most with our ciphers.
    private static let recordOverheadMax = 32

    private let context: TLSContext
    private let peerName: TLSPeerName?
    private let session: OpaquePointer
    private let ciphertext: CiphertextBuffers

    init(context: TLSContext, peerName: TLSPeerName?) throws(TLSError) {
        let ciphertext = CiphertextBuffers()
        let bio = try ciphertext.makeBIO()
        guard let session = SSL_new(context.pointer) else {
            BIO_free(bio)
            throw TLSError.setup(reason: OpenSSLError.takeReason())
        }
        // Takes one reference for both directions.
        SSL_set_bio(session, bio, bio)
        self.context = context
        self.peerName = peerName
        self.session = session
        self.ciphertext = ciphertext
        switch context.side {
        case .server: SSL_set_accept_state(session)
        case .client: try prepareClient()
        }
    }

    deinit {
        // A connection that was merely lost says nothing against its session, which OpenSSL would
        // otherwise refuse to offer again. Nothing is sent.
        SSL_set_shutdown(session, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN)
        SSL_free(session)
    }

    private func prepareClient() throws(TLSError) {
        SSL_set_connect_state(session)
        if let peerName {
            try expect(peerName)
        }
        guard TLSContext.setOwner(self, of: session) else {
            throw TLSError.setup(reason: OpenSSLError.takeReason())
        }
        if let earlier = context.sessions?.next(server: peerName) {
            // One that cannot be offered costs a full handshake, nothing else.
            _ = SSL_set_session(session, earlier.pointer)
            ERR_clear_error()
        }
    }

    /// Keeps what the server gave for the next connection to it.
    func keep(_ session: TLSClientSession) {
        context.sessions?.add(session, server: peerName)
    }

    private func expect(_ name: TLSPeerName) throws(TLSError) {
        let result: Int32
        switch name {
        case .host(let host):
            SSL_set_hostflags(session, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
            result =
                SSL_set1_host(session, host) == 1
                ? tally_SSL_set_tlsext_host_name(session, host) : 0
        case .address(let address):
            result = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), address)
        }
        guard result == 1 else { throw TLSError.setup(reason: OpenSSLError.takeReason()) }
    }

    /// Takes bytes of the peer.
    func receive(_ bytes: ByteBuffer) {
        ciphertext.receive(bytes)
    }

    /// Nothing more of the peer is looked at.
    func dropInput() {
        ciphertext.dropInput()
    }

    func handshake() -> HandshakeStep {
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        if result == 1 { return .done(completed()) }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
            return .needsInput
        default:
            return .failed(.handshakeFailed(reason: handshakeFailure()))
        }
    }

    private func handshakeFailure() -> String {
        let verification = SSL_get_verify_result(session)
        let reason = OpenSSLError.takeReason()
        guard verification != Int(X509_V_OK),
            let text = X509_verify_cert_error_string(verification)
        else { return reason }
        return "\(reason): \(String(cString: text))"
    }

    private func completed() -> TLSHandshakeCompleted {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(session, &name, &count)
        let bytes = UnsafeBufferPointer(start: name, count: Int(count))
        let peer = PeerCertificate(of: session)
        return TLSHandshakeCompleted(
            version: String(cString: SSL_get_version(session)),
            protocolName: bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self),
            peerSubject: peer?.subject, peerNames: peer?.names ?? [],
            isResumed: SSL_session_reused(session) == 1)
    }

    /// Decrypts what is there into `buffer`.
    func read(into buffer: inout ByteBuffer) -> ReadStep {
        // What was encrypted is at least as long, so one allocation does but for a record whose
        // beginning came earlier.
        buffer.reserveCapacity(minimumWritableBytes: max(1, ciphertext.inputByteCount))
        while true {
            ERR_clear_error()
            var result: Int32 = 0
            // Of a record that did not fit, OpenSSL keeps the rest, and knows how much that is.
            let expected = max(1, Int(SSL_pending(session)))
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: expected) {
                var count = 0
                result = SSL_read_ex(session, $0.baseAddress, $0.count, &count)
                return count
            }
            guard result != 1 else { continue }
            switch SSL_get_error(session, result) {
            case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE:
                return .needsInput
            case SSL_ERROR_ZERO_RETURN:
                return .ended
            default:
                let isAboutCertificate = OpenSSLError.isCertificateAlert
                let reason = OpenSSLError.takeReason()
                return .failed(
                    isAboutCertificate
                        ? .certificateRefused(reason: reason) : .connectionFailed(reason: reason))
            }
        }
    }

    /// Encrypts `bytes`; `takeOutput` gives what came of it.
    func write(_ bytes: ByteBuffer) throws(TLSError) {
        // OpenSSL refuses to write nothing.
        guard bytes.readableBytes > 0 else { return }
        let recordCount = 1 + (bytes.readableBytes - 1) / Self.recordByteCountMax
        ciphertext.expectOutput(
            byteCount: bytes.readableBytes + recordCount * Self.recordOverheadMax)
        ERR_clear_error()
        let result = bytes.withUnsafeReadableBytes { bytes in
            var count = 0
            // Into memory a write is whole or fails: SSL_MODE_ENABLE_PARTIAL_WRITE is off.
            return SSL_write_ex(session, bytes.baseAddress, bytes.count, &count)
        }
        guard result == 1 else {
            throw TLSError.connectionFailed(reason: OpenSSLError.takeReason())
        }
    }

    /// Says that no more is sent; `takeOutput` gives the alert that says so.
    func shutOutput() {
        ERR_clear_error()
        // 0 is success too: the peer has not said so yet.
        _ = SSL_shutdown(session)
        ERR_clear_error()
    }

    /// Encrypted bytes for the peer; nil for none.
    func takeOutput() -> ByteBuffer? {
        ciphertext.takeOutput()
    }
}
