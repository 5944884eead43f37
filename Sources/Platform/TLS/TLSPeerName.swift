/// Whom a client expects at the other end; the certificate must name it.
package enum TLSPeerName: Sendable, Hashable {
    /// Sent as SNI too.
    case host(String)
    /// An IP address, which the certificate must list as one.
    case address(String)
}

/// The handshake is done; the handler fires it along the pipeline before the first bytes.
package struct TLSHandshakeCompleted: Sendable, Hashable {
    /// `TLSv1.3` or `TLSv1.2`.
    package let version: String
    /// What ALPN agreed on; nil for nothing.
    package let protocolName: String?
    /// Subject of the peer's verified certificate, in RFC 2253's form; nil without one.
    package let peerSubject: String?
    /// Whether an earlier session went on, which spares certificates and their verification.
    package let isResumed: Bool
}
