import NIOCore
import Synchronization

/// Lives on an event loop and takes what other threads tell it.
protocol LoopMailboxReceiver: AnyObject, SendableMetatype {
    associatedtype Event: Sendable

    /// Called on the event loop, with events in the order of their posting.
    func received(_ events: [Event])
}

/// The way from any thread to what lives on an event loop.
///
/// Events that come while the loop is busy are handled in one turn of it, and what they send goes
/// out in one write.
final class LoopMailbox<Receiver: LoopMailboxReceiver>: Sendable {
    private struct State {
        var events: [Receiver.Event] = []
        var isTurnScheduled = false
    }

    private let eventLoop: any EventLoop
    private let receiver: NIOLoopBound<Receiver>
    private let state = Mutex(State())

    init(receiver: Receiver, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.receiver = NIOLoopBound(receiver, eventLoop: eventLoop)
    }

    /// Hands an event over; on the event loop it is handled before this returns.
    func post(_ event: Receiver.Event) {
        if eventLoop.inEventLoop {
            // What the same task posted from another thread comes first.
            var events = take(endTurn: false)
            events.append(event)
            receiver.value.received(events)
            return
        }
        let isFirst = state.withLock { state in
            state.events.append(event)
            defer { state.isTurnScheduled = true }
            return !state.isTurnScheduled
        }
        if isFirst {
            eventLoop.execute { self.receiver.value.received(self.take(endTurn: true)) }
        }
    }

    private func take(endTurn: Bool) -> [Receiver.Event] {
        state.withLock { state in
            if endTurn {
                state.isTurnScheduled = false
            }
            defer { state.events = [] }
            return state.events
        }
    }
}
