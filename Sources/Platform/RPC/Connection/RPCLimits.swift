/// The limits of one connection and of the listener (rules 1 and 10).
package struct RPCLimits: Sendable {
    /// Longest frame that is accepted, in bytes. Default and least: 4 MiB.
    package var frameByteCountMax: UInt32 = RPCDefaults.frameByteCountMax
    /// Calls open at once on a connection. Default and least: 100.
    package var streamCountMax: UInt32 = RPCDefaults.streamCountMax
    /// Credit of a stream at its start, in bytes. Default and least: 256 KiB.
    package var streamWindow: UInt32 = RPCDefaults.streamWindow
    /// TLS handshake and first `Hello` together. Default: 10 s.
    package var helloTimeout: Duration = .seconds(10)
    /// What a started frame may take beyond its length at `frameBytesPerSecondMin`. Default: 10 s.
    package var frameTimeout: Duration = .seconds(10)
    /// Slowest a frame may arrive, in bytes a second. Default: 64 KiB.
    package var frameBytesPerSecondMin = 64 * 1024
    /// Silence after which the peer is pinged. Default: 60 s.
    package var idleTimeout: Duration = .seconds(60)
    /// What a peer may take to answer that ping. Default: 20 s.
    package var pongTimeout: Duration = .seconds(20)
    /// Pings and empty frames that are accepted in any one second. Default: 100.
    package var pingCountPerSecondMax = 100
    /// Deadline of a unary call that states none. Default: 5 min.
    package var callTimeout: Duration = .seconds(300)
    /// Time for the `Ping` round trip of a drain. Default: 1 s.
    package var drainPingTimeout: Duration = .seconds(1)
    /// What calls may take to end once the server drains. Default: 30 s.
    package var drainTimeout: Duration = .seconds(30)
    /// How long input is discarded after the writing side is shut. Default: 1 s.
    package var lingerTimeout: Duration = .seconds(1)
    /// Connections in all. Default: 10,000.
    package var connectionCountMax = 10_000
    /// Connections of one IPv4 address or IPv6 /64; Unix sockets are not counted by address. Default:
    /// 1,000.
    package var connectionCountPerAddressMax = 1_000

    /// Calls of all connections that wait at once, those that were cancelled and have not ended included;
    /// a quarter of it is for those of one IPv4 address or IPv6 /64. Default: 20,000.
    package var waitingCallCountMax = 20_000
    /// Bytes that are held of frames being received, on all connections, of which more than 64 KiB have
    /// come; a quarter of it on those of one IPv4 address or IPv6 /64. Who would go beyond waits, but for
    /// the eldest, whose frame may become whole. Default: 256 MiB.
    package var partialFrameByteCountMax = 256 * 1024 * 1024
    /// Bytes that are held of answers whose clients do not take them, on all connections; a quarter of it on
    /// those of one IPv4 address or IPv6 /64. What a connection has written counts from where its socket takes no
    /// more, and goes on for 256 KiB and a message. The less is left, the less each stream may have, but for one
    /// message; where nothing is, further answers that would have to wait are RESOURCE_EXHAUSTED
    /// (`RESPONSE_NOT_TAKEN`). Default: 256 MiB.
    package var unsentByteCountMax = 256 * 1024 * 1024

    package init() {}
}

/// The values that hold until a `Hello` announces higher ones, and the fixed ones.
package enum RPCDefaults {
    /// 4 MiB.
    package static let frameByteCountMax: UInt32 = 4 * 1024 * 1024
    package static let streamCountMax: UInt32 = 100
    /// 256 KiB.
    package static let streamWindow: UInt32 = 256 * 1024
    /// Where the connection's window starts in each direction: 1 MiB.
    package static let connectionWindow: Int64 = 1024 * 1024
    /// The version of the protocol that this module speaks.
    package static let version: UInt32 = 1
}

extension RPCLimits {
    /// Largest frame that can be parsed within `MessageArena`'s default limit: 16 MiB.
    private static let frameByteCountCeiling: UInt32 = 16 * 1024 * 1024

    /// Rule 1: "announced values may only be higher" than the defaults.
    /// - Throws: `RPCError.limitInvalid`.
    func check() throws(RPCError) {
        guard
            (RPCDefaults.frameByteCountMax...Self.frameByteCountCeiling)
                .contains(frameByteCountMax)
        else { throw RPCError.limitInvalid(name: "frameByteCountMax") }
        guard streamCountMax >= RPCDefaults.streamCountMax, streamCountMax <= 1_000_000 else {
            throw RPCError.limitInvalid(name: "streamCountMax")
        }
        guard streamWindow >= RPCDefaults.streamWindow, streamWindow <= UInt32(Int32.max) else {
            throw RPCError.limitInvalid(name: "streamWindow")
        }
        // A frame of each of four networks has room at least.
        guard partialFrameByteCountMax / 4 >= Int(frameByteCountMax) else {
            throw RPCError.limitInvalid(name: "partialFrameByteCountMax")
        }
        guard unsentByteCountMax > 0 else {
            throw RPCError.limitInvalid(name: "unsentByteCountMax")
        }
        guard connectionCountMax > 0, connectionCountPerAddressMax > 0 else {
            throw RPCError.limitInvalid(name: "connectionCountMax")
        }
    }
}
