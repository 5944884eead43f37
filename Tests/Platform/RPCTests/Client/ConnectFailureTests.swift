import Core
import NIOCore
import RPC
import TLS
import Testing

@testable import TallyClient

/// Which failures to connect are worth another attempt.
struct ConnectFailureTests {
    @Test(arguments: [
        (TLSError.handshakeTimedOut, "UNAVAILABLE CONNECT_FAILED"),
        (.connectionFailed(reason: "bad record mac"), "UNAVAILABLE CONNECT_FAILED"),
        (.closedDuringHandshake, "UNAVAILABLE CONNECT_FAILED"),
        (.heldTooMuch, "UNAVAILABLE CONNECT_FAILED"),
        (.handshakeFailed(reason: "certificate verify failed"), "FAILED_PRECONDITION TLS_FAILED"),
        (.certificateRefused(reason: "alert unknown ca"), "FAILED_PRECONDITION TLS_FAILED"),
        (.protocolNotNegotiated, "FAILED_PRECONDITION TLS_FAILED"),
        (.file(path: "a.pem", reason: "no PEM"), "FAILED_PRECONDITION TLS_FAILED"),
        (.setup(reason: "unknown"), "FAILED_PRECONDITION TLS_FAILED"),
    ])
    func tlsIsTriedAgainWhereThatMayHelp(error: TLSError, outcome: String) {
        let failure = ClientCallFailure.connecting(to: "server:1", error)
        #expect("\(failure.error)" == outcome)
        #expect(failure.error.message.contains("\(error)"))
        #expect(failure.isNeverSent)
    }
}
