import NIOCore

/// When a silent peer is pinged and when it is given up (rule 10).
struct Keepalive: Sendable {
    /// What is due.
    enum Due: Equatable {
        case nothing
        case ping(opaque: UInt64)
        case giveUp
    }

    private let idleTimeout: TimeAmount
    private let pongTimeout: TimeAmount
    private var quietSince: NIODeadline
    private var pingedAt: NIODeadline?
    private var lastOpaque: UInt64 = 0

    init(limits: RPCLimits, now: NIODeadline) {
        idleTimeout = TimeAmount(limits.idleTimeout)
        pongTimeout = TimeAmount(limits.pongTimeout)
        quietSince = now
    }

    /// Any byte shows that the peer lives.
    mutating func bytesReceived(at now: NIODeadline) {
        quietSince = now
        pingedAt = nil
    }

    mutating func timeElapsed(at now: NIODeadline) -> Due {
        guard now >= nextDeadline else { return .nothing }
        if pingedAt != nil { return .giveUp }
        pingedAt = now
        lastOpaque += 1
        return .ping(opaque: lastOpaque)
    }

    var nextDeadline: NIODeadline {
        pingedAt.map { $0 + pongTimeout } ?? quietSince + idleTimeout
    }
}
