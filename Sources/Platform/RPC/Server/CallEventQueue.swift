import NIOCore
import Synchronization
import Wire

/// What calls tell their connection.
enum CallEvent: Sendable {
    case requestTaken(streamID: UInt32, byteCount: Int)
    case messagesTaken(streamID: UInt32, cost: Int64)
    case message(streamID: UInt32, [UInt8])
    case ended(streamID: UInt32, Close)
}

/// The way from the handlers of a connection, on any thread, to its event loop.
///
/// Events that come while the loop is busy are handled in one turn of it, and what they send goes
/// out in one write.
final class CallEventQueue: Sendable {
    private struct State {
        var events: [CallEvent] = []
        var isTurnScheduled = false
    }

    private let eventLoop: any EventLoop
    private let handler: NIOLoopBound<ServerConnectionHandler>
    private let state = Mutex(State())

    init(handler: ServerConnectionHandler, eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        self.handler = NIOLoopBound(handler, eventLoop: eventLoop)
    }

    /// Hands an event over; on the event loop it is handled before this returns.
    func post(_ event: CallEvent) {
        if eventLoop.inEventLoop {
            // What the same task posted from another thread comes first.
            var events = take(endTurn: false)
            events.append(event)
            handler.value.callEvents(events)
            return
        }
        let isFirst = state.withLock { state in
            state.events.append(event)
            defer { state.isTurnScheduled = true }
            return !state.isTurnScheduled
        }
        if isFirst {
            eventLoop.execute { self.handler.value.callEvents(self.take(endTurn: true)) }
        }
    }

    private func take(endTurn: Bool) -> [CallEvent] {
        state.withLock { state in
            if endTurn {
                state.isTurnScheduled = false
            }
            defer { state.events = [] }
            return state.events
        }
    }
}
