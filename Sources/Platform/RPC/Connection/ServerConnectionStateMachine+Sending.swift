import DequeModule
package import NIOCore
import Wire

extension ServerConnectionStateMachine {
    /// The socket takes more, or no more, of what is sent.
    package mutating func writabilityChanged(
        isWritable: Bool, at now: NIODeadline
    ) -> Actions {
        self.isWritable = isWritable
        return isWritable ? sendWaiting() + shutIfDrained(at: now) : []
    }

    /// The client gave credit of the connection.
    mutating func connectionWindowReceived(
        byteCount: UInt32, at now: NIODeadline
    ) -> Actions {
        guard sendCredit.add(Int64(byteCount)) else {
            return violation("credit above 2^31-1", at: now)
        }
        return sendWaiting() + shutIfDrained(at: now)
    }

    /// The client gave credit of one stream.
    mutating func streamWindowReceived(
        streamID: UInt32, byteCount: UInt32, at now: NIODeadline
    ) -> Actions {
        guard history.contains(streamID) else { return neverOpened(streamID, at: now) }
        guard let isWithinLimit = streams[streamID]?.windowReceived(byteCount: byteCount) else {
            return []
        }
        guard isWithinLimit else { return violation("credit above 2^31-1", at: now) }
        enqueue(streamID)
        return sendWaiting() + shutIfDrained(at: now)
    }

    /// The stream may have something to send.
    mutating func enqueue(_ streamID: UInt32) {
        guard streams[streamID]?.isQueued == false else { return }
        streams[streamID]?.isQueued = true
        sendingStreams.append(streamID)
    }

    /// What was sent so far is with the socket.
    package mutating func roomLeft(at now: NIODeadline) -> Actions {
        sendWaiting() + shutIfDrained(at: now)
    }

    /// Sends what waits as long as the connection has credit and the socket takes it. Streams take
    /// turns, a frame each, so that a long export holds up nobody.
    mutating func sendWaiting() -> Actions {
        guard !sendingStreams.isEmpty else { return Actions() }
        var actions = Actions()
        var sentCost: Int64 = 0
        while isWritable, sendCredit.allowsSending, let id = sendingStreams.popFirst() {
            guard sentCost < Self.sentCostMax else {
                // The socket may have had enough, which only the next actions will show.
                sendingStreams.prepend(id)
                actions.append(.sendMore)
                break
            }
            streams[id]?.isQueued = false
            switch streams[id]?.takeOutgoing() {
            case .message(let message):
                _ = sendCredit.spend(message.cost)
                sentCost += message.cost
                actions.append(.sendMessage(streamID: id, message))
                // The message may have taken the last credit, which the end is not to wait for.
                if let close = streams[id]?.closeWithoutCredit {
                    actions += sendClose(close, streamID: id)
                } else {
                    enqueue(id)
                }
            case .close(let close):
                sentCost += FlowCredit.cost(messageByteCount: close.message.count)
                actions += sendClose(close, streamID: id)
            case .withoutCredit, .nothing, nil:
                break
            }
        }
        return actions
    }
}
