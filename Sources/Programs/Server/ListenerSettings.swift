import Configuration
import Core
import RPC

/// What operators may set about the limits of the listener and of each connection.
///
/// Frames, streams and windows can only be raised: the protocol promises every peer the defaults.
struct ListenerSettings: Sendable {
    /// `TALLY_CONNECTIONS_MAX`: connections in all, 1 to 1,000,000. Default 10,000.
    let connectionsMax: Int
    /// `TALLY_CONNECTIONS_PER_ADDRESS_MAX`: connections of one IPv4 address or IPv6 /64, 1 to
    /// 1,000,000; Unix sockets do not count. Default 1,000.
    let connectionsPerAddressMax: Int
    /// `TALLY_CALLS_MAX`: calls that wait at once, of all connections, 100 to 10,000,000. Default 20,000.
    let callsMax: Int
    /// `TALLY_STREAMS_MAX`: calls open at once on a connection, 100 to 1,000,000. Default 100.
    let streamsMax: Int
    /// `TALLY_FRAME_BYTES_MAX`: longest frame in bytes, 4,194,304 to 16,777,216. Default 4,194,304.
    let frameBytesMax: Int
    /// `TALLY_PARTIAL_FRAME_BYTES_MAX`: bytes of long frames that are being received on all connections,
    /// 67,108,864 to 1,099,511,627,776. Default 268,435,456.
    let partialFrameBytesMax: Int
    /// `TALLY_UNSENT_BYTES_MAX`: bytes of answers that are not taken, on all connections, 67,108,864 to
    /// 1,099,511,627,776. Default 268,435,456.
    let unsentBytesMax: Int
    /// `TALLY_STREAM_WINDOW_BYTES`: bytes that a stream may bring unread, 262,144 to 2,147,483,647.
    /// Default 262,144.
    let streamWindowBytes: Int
    /// `TALLY_HELLO_TIMEOUT_SECONDS`: TLS handshake and first `Hello` together, 1 to 300. Default 10.
    let helloTimeoutSeconds: Int
    /// `TALLY_FRAME_TIMEOUT_SECONDS`: what a started frame may take beyond its length at the least
    /// speed, 1 to 300. Default 10.
    let frameTimeoutSeconds: Int
    /// `TALLY_FRAME_BYTES_PER_SECOND_MIN`: that least speed, 1 to 1,073,741,824 bytes a second.
    /// Default 65,536.
    let frameBytesPerSecondMin: Int
    /// `TALLY_IDLE_TIMEOUT_SECONDS`: silence after which a peer is pinged, 1 to 86,400. Default 60.
    let idleTimeoutSeconds: Int
    /// `TALLY_PONG_TIMEOUT_SECONDS`: what it may take to answer, 1 to 300. Default 20.
    let pongTimeoutSeconds: Int
    /// `TALLY_PINGS_PER_SECOND_MAX`: pings and empty frames of a connection in any second, 1 to
    /// 1,000,000. Default 100.
    let pingsPerSecondMax: Int
    /// `TALLY_CALL_TIMEOUT_SECONDS`: deadline of a unary call that states none, 1 to 86,400.
    /// Default 300.
    let callTimeoutSeconds: Int
    /// `TALLY_DRAIN_TIMEOUT_SECONDS`: what calls may take to end once the server stops, 1 to 3,600.
    /// Default 30.
    let drainTimeoutSeconds: Int

    init(reader: ConfigReader) throws {
        let settings = NumberSettings(reader: reader)
        connectionsMax = try settings.number(
            "TALLY_CONNECTIONS_MAX", 1...1_000_000, default: 10_000)
        connectionsPerAddressMax = try settings.number(
            "TALLY_CONNECTIONS_PER_ADDRESS_MAX", 1...1_000_000, default: 1000)
        callsMax = try settings.number("TALLY_CALLS_MAX", 100...10_000_000, default: 20_000)
        streamsMax = try settings.number("TALLY_STREAMS_MAX", 100...1_000_000, default: 100)
        frameBytesMax = try settings.number(
            "TALLY_FRAME_BYTES_MAX", 4_194_304...16_777_216, default: 4_194_304)
        partialFrameBytesMax = try settings.number(
            "TALLY_PARTIAL_FRAME_BYTES_MAX", 67_108_864...1_099_511_627_776,
            default: 268_435_456)
        unsentBytesMax = try settings.number(
            "TALLY_UNSENT_BYTES_MAX", 67_108_864...1_099_511_627_776, default: 268_435_456)
        streamWindowBytes = try settings.number(
            "TALLY_STREAM_WINDOW_BYTES", 262_144...2_147_483_647, default: 262_144)
        helloTimeoutSeconds = try settings.number(
            "TALLY_HELLO_TIMEOUT_SECONDS", 1...300, default: 10)
        frameTimeoutSeconds = try settings.number(
            "TALLY_FRAME_TIMEOUT_SECONDS", 1...300, default: 10)
        frameBytesPerSecondMin = try settings.number(
            "TALLY_FRAME_BYTES_PER_SECOND_MIN", 1...1_073_741_824, default: 65_536)
        idleTimeoutSeconds = try settings.number(
            "TALLY_IDLE_TIMEOUT_SECONDS", 1...86_400, default: 60)
        pongTimeoutSeconds = try settings.number(
            "TALLY_PONG_TIMEOUT_SECONDS", 1...300, default: 20)
        pingsPerSecondMax = try settings.number(
            "TALLY_PINGS_PER_SECOND_MAX", 1...1_000_000, default: 100)
        callTimeoutSeconds = try settings.number(
            "TALLY_CALL_TIMEOUT_SECONDS", 1...86_400, default: 300)
        drainTimeoutSeconds = try settings.number(
            "TALLY_DRAIN_TIMEOUT_SECONDS", 1...3600, default: 30)
    }

    var limits: RPCLimits {
        var limits = RPCLimits()
        limits.connectionCountMax = connectionsMax
        limits.connectionCountPerAddressMax = connectionsPerAddressMax
        limits.waitingCallCountMax = callsMax
        limits.streamCountMax = UInt32(streamsMax)
        limits.frameByteCountMax = UInt32(frameBytesMax)
        limits.partialFrameByteCountMax = partialFrameBytesMax
        limits.unsentByteCountMax = unsentBytesMax
        limits.streamWindow = UInt32(streamWindowBytes)
        limits.helloTimeout = .seconds(helloTimeoutSeconds)
        limits.frameTimeout = .seconds(frameTimeoutSeconds)
        limits.frameBytesPerSecondMin = frameBytesPerSecondMin
        limits.idleTimeout = .seconds(idleTimeoutSeconds)
        limits.pongTimeout = .seconds(pongTimeoutSeconds)
        limits.pingCountPerSecondMax = pingsPerSecondMax
        limits.callTimeout = .seconds(callTimeoutSeconds)
        limits.drainTimeout = .seconds(drainTimeoutSeconds)
        return limits
    }
}
