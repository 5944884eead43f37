import TestSupport
import Testing

/// Rule 10 against many peers that take their time, over real sockets: each is sent away when its
/// time is over, and leaves nothing behind.
@Suite(.timeLimit(.minutes(3)))
struct SlowPeerTests {
    /// Seconds: after a second and a half of the server's, on machines that have more to do, and long
    /// before the 28 that a byte a second would go on for.
    private let timely = 1.4...14

    /// "TLS handshake and first `Hello` within 10 s", here within half a second.
    @Test(.rule(10)) func halfOpenHandshakesAreEnded() async throws {
        try await TestCertificates.use { certificates in
            let attack = try await Attack.expectSurvival(
                of: "half_open_tls", rounds: 3,
                settings: [
                    "hello": "500", "certificate": certificates.serverFile,
                    "key": certificates.serverKeyFile,
                ])
            #expect(attack.endings == ["closed": 600])
        }
    }

    @Test(.rule(10)) func handshakeOfAByteASecondIsEnded() async throws {
        try await TestCertificates.use { certificates in
            let attack = try await Attack.expectSurvival(
                of: "slow_handshake", rounds: 3,
                settings: [
                    "hello": "1500", "certificate": certificates.serverFile,
                    "key": certificates.serverKeyFile,
                ])
            #expect(attack.endings == ["closed": 150])
            #expect(timely.contains(attack.seconds))
        }
    }

    @Test(.rule(10)) func helloOfAByteASecondIsEnded() async throws {
        let attack = try await Attack.expectSurvival(
            of: "slow_hello", rounds: 3, settings: ["hello": "1500"])
        #expect(attack.endings == ["PROTOCOL_ERROR": 150])
        #expect(timely.contains(attack.seconds))
    }

    /// "a started frame is complete within 10 s plus its length at 64 KiB/s", here within 1.5 s: a
    /// byte now and then buys no time.
    @Test(.rule(10)) func frameOfAByteASecondIsEnded() async throws {
        let attack = try await Attack.expectSurvival(
            of: "slow_frame", rounds: 3, settings: ["frame": "1500"])
        #expect(attack.endings == ["PROTOCOL_ERROR": 150])
        #expect(timely.contains(attack.seconds))
    }
}
