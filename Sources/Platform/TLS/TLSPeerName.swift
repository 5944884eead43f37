/// Whom a client expects at the other end; the certificate must name it.
package enum TLSPeerName: Sendable, Hashable {
    /// Sent as SNI too.
    case host(String)
    /// An IP address, which the certificate must list as one.
    case address(String)
}

/// A subject alternative name of a certificate (RFC 5280, 4.2.1.6), as text for logs and for rules of
/// who may do what.
///
/// Names of other forms, such as addresses, are left out, and so are those that hold anything but
/// visible ASCII, which no valid one does: what is compared must look like what it is.
package enum TLSAlternativeName: Sendable, Hashable {
    case dns(String)
    /// Such as a SPIFFE id.
    case uri(String)
    case email(String)
}

/// The handshake is done; the handler fires it along the pipeline before the first bytes.
package struct TLSHandshakeCompleted: Sendable, Hashable {
    /// `TLSv1.3` or `TLSv1.2`.
    package let version: String
    /// What ALPN agreed on; nil for nothing.
    package let protocolName: String?
    /// Subject of the peer's verified certificate, in RFC 2253's form; nil without one.
    package let peerSubject: String?
    /// What that certificate names beside the subject, in its order; empty without one.
    package let peerNames: [TLSAlternativeName]
    /// Whether an earlier session went on, which spares certificates and their verification.
    package let isResumed: Bool
}
