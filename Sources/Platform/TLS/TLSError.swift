/// Why TLS could not be set up or go on. Texts name files and reasons, never key material.
package enum TLSError: Error, Sendable, Hashable {
    /// A certificate, key or authority file is unusable.
    case file(path: String, reason: String)
    /// OpenSSL refused a setting, which the program asked for.
    case setup(reason: String)
    /// The peers did not agree, or the certificate was not accepted.
    case handshakeFailed(reason: String)
    /// The handshake took longer than its limit.
    case handshakeTimedOut
    /// The peer did not accept our certificate, or misses one. TLS 1.3 tells so only after a
    /// handshake that went well for us.
    case certificateRefused(reason: String)
    /// The peer agreed to no protocol we asked for by ALPN.
    case protocolNotNegotiated
    /// Bytes of the peer that are no valid records.
    case connectionFailed(reason: String)
    /// The connection ended before the handshake did.
    case closedDuringHandshake
    /// More was written before the end of the handshake than is kept.
    case heldTooMuch
    /// The peer asked TLS itself for more, as by key updates, than it took.
    case answeredTooMuch
}

extension TLSError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let path, let reason): "\(path) cannot be used for TLS: \(reason)."
        case .setup(let reason): "TLS cannot be set up: \(reason)."
        case .handshakeFailed(let reason): "The TLS handshake failed: \(reason)."
        case .handshakeTimedOut: "The TLS handshake took too long."
        case .certificateRefused(let reason): "The peer refused our certificate: \(reason)."
        case .protocolNotNegotiated: "The peer speaks TLS, but not our protocol."
        case .connectionFailed(let reason): "The TLS connection failed: \(reason)."
        case .closedDuringHandshake: "The connection ended during the TLS handshake."
        case .heldTooMuch: "Too much was written before the TLS handshake was done."
        case .answeredTooMuch: "The peer asked for TLS key updates and read no answers."
        }
    }
}
