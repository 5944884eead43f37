import Core
import NIOCore
import NIOPosix
import RPC
import TLS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

extension ClientCallFailure {
    /// Why there is no connection to `address`; no call was sent.
    static func connecting(to address: String, _ error: any Error) -> ClientCallFailure {
        if let error = error as? TLSError, error.isForGood {
            return ClientCallFailure(
                ServiceError(
                    .failedPrecondition, "TLS_FAILED", "TLS with the server failed: \(error)",
                    cause: error), isNeverSent: true)
        }
        return ClientCallFailure(
            ServiceError(
                .unavailable, "CONNECT_FAILED",
                "The server cannot be reached at \(address): \(words(for: error))", cause: error),
            isNeverSent: true)
    }

    /// What went wrong, in the system's words where it has some.
    private static func words(for error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            // Each of the name's addresses was tried; the last failure stands for all.
            error.connectionErrors.last.map { words(for: $0.error) } ?? "The name has no address"
        case let error as IOError:
            String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout:
            "Connection timed out"
        default:
            "\(error)"
        }
    }
}

extension TLSError {
    /// Whether repeating does not help, as against a certificate that is not accepted; a server that
    /// is slow, stops or starts again may do better the next time.
    fileprivate var isForGood: Bool {
        switch self {
        case .file, .setup, .handshakeFailed, .certificateRefused, .protocolNotNegotiated: true
        case .handshakeTimedOut, .connectionFailed, .closedDuringHandshake, .heldTooMuch,
            .answeredTooMuch:
            false
        }
    }
}
