import Core
package import NIOCore
import Wire

extension ClientConnectionStateMachine {
    /// The earliest time at which `timeElapsed` may have something to do; nil for never.
    package var nextDeadline: NIODeadline? {
        switch phase {
        case .awaitingHello(let until):
            return min(until, earliestOpen)
        case .open, .goingAway:
            return earliestOpen
        case .flushing(let until), .lingering(let until):
            return until
        case .connecting, .closed:
            return nil
        }
    }

    private var earliestOpen: NIODeadline {
        var earliest = keepalive.nextDeadline
        if let late = pace.nextDeadline {
            earliest = min(earliest, late)
        }
        if let earliestDeadline {
            earliest = min(earliest, earliestDeadline)
        }
        return earliest
    }

    /// It is `now`.
    package mutating func timeElapsed(at now: NIODeadline) -> [Action] {
        switch phase {
        case .awaitingHello(let until):
            if now >= until { return violation("no Hello in time", at: now) }
        case .open, .goingAway:
            break
        case .flushing(let until), .lingering(let until):
            guard now >= until else { return [] }
            phase = .closed
            return [.close]
        case .connecting, .closed:
            return []
        }
        if let late = pace.nextDeadline, now >= late {
            return violation("a frame too slowly", at: now)
        }
        var actions: [Action] = []
        for id in takeExpired(at: now) {
            actions += abandon(
                id,
                ServiceError(
                    .deadlineExceeded, "DEADLINE_EXCEEDED",
                    "No answer came before the deadline; the call may have had its effect."))
        }
        switch keepalive.timeElapsed(at: now) {
        case .nothing:
            break
        case .ping(let opaque):
            actions.append(.send(Frame(streamID: 0, kind: .ping(Ping(opaque: opaque)))))
        case .giveUp:
            actions += end(.idle, "no answer to a Ping", at: now)
        }
        return actions
    }

    /// The calls whose deadline has come, in order; the earliest of the others is noted.
    private mutating func takeExpired(at now: NIODeadline) -> [UInt64] {
        guard let earliest = earliestDeadline, now >= earliest else { return [] }
        earliestDeadline = nil
        var expired: [UInt64] = []
        for (id, call) in calls where call.isAwaited {
            guard let deadline = call.call.deadline else { continue }
            if now >= deadline {
                expired.append(id)
            } else {
                noteDeadline(deadline)
            }
        }
        return expired.sorted()
    }

    mutating func noteDeadline(_ deadline: NIODeadline) {
        earliestDeadline = min(earliestDeadline ?? deadline, deadline)
    }
}
