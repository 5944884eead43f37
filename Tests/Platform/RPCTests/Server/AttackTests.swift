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
        let attack = try await Attack.expectSurvival(of: "never_reads")
        // 256 KiB of a stream and 512 KiB behind it, for each of 20 peers, beside the server itself.
        let idleKiB = attack.after[0].residentKiB
        #expect(Attack.isSanitized || attack.residentMaxKiB - idleKiB < 64 * 1024, "\(attack)")
    }

    @Test(.rule(10)) func tenThousandConnectionsLeaveNothingBehind() async throws {
        let attack = try await Attack.expectSurvival(of: "ten_thousand", rounds: 2)
        #expect(attack.endings == ["greeted": 20_000])
        #expect(attack.descriptorsMax >= 10_000)
    }
}
