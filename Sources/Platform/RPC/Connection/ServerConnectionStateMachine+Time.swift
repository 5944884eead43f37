import Core
package import NIOCore
import Wire

extension ServerConnectionStateMachine {
    /// The earliest time at which `timeElapsed` may have something to do; nil for never.
    package var nextDeadline: NIODeadline? {
        switch phase {
        case .awaitingHello(let until):
            return until
        case .serving:
            return earliestServing
        case .announcingDrain(let pingUntil, let limit):
            return min(earliestServing, pingUntil, limit)
        case .draining(_, let limit):
            return min(earliestServing, limit)
        case .flushing(let until), .lingering(let until):
            return until
        case .closed:
            return nil
        }
    }

    private var earliestServing: NIODeadline {
        var earliest = pauseDeadline ?? keepalive.nextDeadline
        if paused == nil, let late = pace.nextDeadline {
            earliest = min(earliest, late)
        }
        if let earliestDeadline {
            earliest = min(earliest, earliestDeadline)
        }
        return earliest
    }

    /// When a peer that is not read is given up: no ping could tell whether it lives, so it has the
    /// time that an idle one has.
    private var pauseDeadline: NIODeadline? {
        paused.map { $0.since + TimeAmount(limits.idleTimeout) + TimeAmount(limits.pongTimeout) }
    }

    /// It is `now`.
    package mutating func timeElapsed(at now: NIODeadline) -> Actions {
        switch phase {
        case .awaitingHello(let until):
            return now >= until ? violation("no Hello in time", at: now) : []
        case .serving:
            return timeElapsedServing(at: now)
        case .announcingDrain(let pingUntil, let limit):
            if now >= limit { return drainLimitReached(at: now) }
            let actions = now >= pingUntil ? finalDrain(limit: limit, at: now) : []
            return isServing ? actions + timeElapsedServing(at: now) : actions
        case .draining(_, let limit):
            if now >= limit { return drainLimitReached(at: now) }
            return timeElapsedServing(at: now)
        case .flushing(let until), .lingering(let until):
            guard now >= until else { return [] }
            phase = .closed
            return [.close]
        case .closed:
            return []
        }
    }

    private mutating func timeElapsedServing(at now: NIODeadline) -> Actions {
        if let late = pace.nextDeadline, paused == nil, now >= late {
            return violation("a frame too slowly", at: now)
        }
        var actions: Actions = []
        for id in takeExpired(at: now) {
            // Rule 7: "the handler is cancelled, its running SQL statement too, and the call ends
            // with DEADLINE_EXCEEDED."
            actions += abandon(
                streamID: id, .deadline,
                with: .failure(
                    .deadlineExceeded, "DEADLINE_EXCEEDED",
                    "The call took longer than its deadline; what it did may or may not stand."))
        }
        actions += shutIfDrained(at: now)
        guard isServing else { return actions }
        if let pauseDeadline, let paused {
            return now >= pauseDeadline
                ? actions + end(.idle, paused.reason.text, at: now) : actions
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
    private mutating func takeExpired(at now: NIODeadline) -> [UInt32] {
        guard let earliest = earliestDeadline, now >= earliest else { return [] }
        var expired: [UInt32] = []
        var next: NIODeadline?
        streams.forEach { id, stream in
            guard let deadline = stream.deadline else { return }
            if now >= deadline {
                expired.append(id)
            } else {
                next = min(next ?? deadline, deadline)
            }
        }
        earliestDeadline = next
        return expired.sorted()
    }

    mutating func noteDeadline(_ deadline: NIODeadline) {
        earliestDeadline = min(earliestDeadline ?? deadline, deadline)
    }

    // MARK: Draining (rule 9)

    /// The server is to stop.
    package mutating func drainStarted(at now: NIODeadline) -> Actions {
        switch phase {
        case .awaitingHello:
            return end(.drain, "the server stops", at: now)
        case .serving:
            phase = .announcingDrain(
                pingUntil: now + TimeAmount(limits.drainPingTimeout),
                limit: now + TimeAmount(limits.drainTimeout))
            // "`GoAway(DRAIN)` with `last_stream_id` 2^32−1, one `Ping` round trip (at most 1 s)"
            return [
                goAwayDrain(lastStreamID: UInt32.max),
                .send(Frame(streamID: 0, kind: .ping(Ping(opaque: Self.drainOpaque)))),
            ]
        case .announcingDrain, .draining, .flushing, .lingering, .closed:
            return []
        }
    }

    mutating func pongReceived(_ pong: Pong, at now: NIODeadline) -> Actions {
        switch phase {
        case .announcingDrain(_, let limit) where pong.opaque == Self.drainOpaque:
            return finalDrain(limit: limit, at: now)
        case .announcingDrain, .awaitingHello, .serving, .draining, .flushing, .lingering, .closed:
            return []
        }
    }

    /// "then `GoAway(DRAIN)` with the final id, which only ever falls"
    private mutating func finalDrain(limit: NIODeadline, at now: NIODeadline) -> Actions {
        phase = .draining(finalID: history.last, limit: limit)
        return [goAwayDrain(lastStreamID: history.last)] + shutIfDrained(at: now)
    }

    /// "Streams up to it are finished": once none is left, the connection ends.
    mutating func shutIfDrained(at now: NIODeadline) -> Actions {
        switch phase {
        case .draining:
            guard streams.count == 0 else { return Actions() }
            phase = .flushing(until: now + Self.flushTimeout)
            return [.shutOutput]
        case .announcingDrain, .awaitingHello, .serving, .flushing, .lingering, .closed:
            return Actions()
        }
    }

    /// "Past the drain limit (30 s) what is left ends with UNAVAILABLE."
    private mutating func drainLimitReached(at now: NIODeadline) -> Actions {
        var actions: Actions = []
        if case .announcingDrain = phase {
            actions.append(goAwayDrain(lastStreamID: history.last))
        }
        for id in streams.ids(where: { _ in true }) {
            actions += abandon(
                streamID: id, .drained,
                with: .failure(
                    .unavailable, "SERVER_STOPPING", "The server stopped before the call ended."))
        }
        phase = .flushing(until: now + Self.flushTimeout)
        return actions + [.shutOutput]
    }

    private func goAwayDrain(lastStreamID: UInt32) -> Action {
        let goAway = GoAway(
            lastStreamID: lastStreamID, reason: GoAwayReason.drain.rawValue,
            message: "the server stops")
        return .send(Frame(streamID: 0, kind: .goAway(goAway)))
    }
}
