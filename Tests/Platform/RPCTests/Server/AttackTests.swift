import TestSupport
import Testing

/// Peers of ill will, over real sockets, many at once: whatever they do, the server serves on, and
/// holds afterwards what it held before.
///
/// `HostilePeerTests` shows what one such peer is told. One after the other: they take all of the
/// processor, and other tests have clocks.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct AttackTests {
    @Test(.rule(12)) func garbageLeavesNothingBehind() async throws {
        let attack = try await Attack.expectSurvival(of: "garbage")
        #expect(attack.endings == ["PROTOCOL_ERROR": 400])
    }

    @Test(.rule(7)) func truncatedConversationsLeaveNothingBehind() async throws {
        _ = try await Attack.expectSurvival(of: "truncations")
    }

    @Test(.section(.framing)) func hostileLengthsLeaveNothingBehind() async throws {
        let attack = try await Attack.expectSurvival(of: "lengths")
        #expect(attack.endings == ["FRAME_TOO_LARGE": 360])
    }

    @Test(.rule(2)) func reusedIDsLeaveNothingBehind() async throws {
        let attack = try await Attack.expectSurvival(of: "reused_ids")
        #expect(attack.endings == ["PROTOCOL_ERROR": 400])
    }

    @Test(.rule(5)) func windowOverrunsLeaveNothingBehind() async throws {
        let attack = try await Attack.expectSurvival(of: "window_overruns")
        #expect(attack.endings == ["PROTOCOL_ERROR": 120])
    }

    @Test(.rule(5)) func peersThatNeverReadLeaveNothingBehind() async throws {
        // 256 KiB of a stream, 512 KiB behind it and 256 KiB on the way to the socket, for each of 20 peers.
        try await Attack.expectSurvival(of: "never_reads").expectHeld(mebibytesMax: 40)
    }

    /// Ciphertext could pile up behind all that counts the plaintext.
    @Test(.rule(5)) func peersThatNeverReadTLSLeaveNothingBehind() async throws {
        try await TestCertificates.use { certificates in
            try await Attack.expectSurvival(
                of: "never_reads",
                settings: [
                    "certificate": certificates.serverFile, "key": certificates.serverKeyFile,
                ]
            ).expectHeld(mebibytesMax: 48)
        }
    }

    /// A cancelled call's request gives its credit back, so that it may not stay: 120 MB of them come,
    /// while their handlers go on.
    @Test(.rule(5, 7)) func cancelledRequestsLeaveNothingBehind() async throws {
        try await Attack.expectSurvival(of: "cancelled_requests", rounds: 2)
            .expectHeld(mebibytesMax: 40)
    }

    /// Frames may take a minute to come, and 160 MB of them are begun: there is room for 16 MiB.
    @Test(.rule(10)) func framesThatNeverEndLeaveNothingBehind() async throws {
        try await Attack.expectSurvival(
            of: "partial_frames", rounds: 2, settings: ["partial": "16777216"]
        ).expectHeld(mebibytesMax: 64)
    }

    @Test(.rule(10)) func tenThousandConnectionsLeaveNothingBehind() async throws {
        let attack = try await Attack.expectSurvival(of: "ten_thousand", rounds: 3)
        #expect(attack.endings == ["greeted": 30_000])
        #expect(attack.descriptorsMax >= 10_000)
    }
}
