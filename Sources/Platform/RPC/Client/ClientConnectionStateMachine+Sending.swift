import NIOCore
import Wire

/// Messages of streaming calls after their first.
extension ClientConnectionStateMachine {
    /// The program sends a message.
    package mutating func messageOffered(id: UInt64, _ message: [UInt8]) -> [Action] {
        guard calls[id]?.isAwaited == true else { return [] }
        calls[id]?.messageOffered(message)
        enqueue(id)
        return sendWaiting()
    }

    /// The program sends no more.
    package mutating func halfCloseOffered(id: UInt64) -> [Action] {
        guard calls[id]?.isAwaited == true else { return [] }
        calls[id]?.halfCloseOffered()
        return halfCloseIfDue(id)
    }

    /// It needs no credit, so it waits for nothing but what its own call has sent.
    mutating func halfCloseIfDue(_ id: UInt64) -> [Action] {
        guard let streamID = calls[id]?.streamID, calls[id]?.takeHalfClose() == true else {
            return []
        }
        return [.send(Frame(streamID: streamID, kind: .halfClose(HalfClose())))]
    }

    /// The program has read messages.
    package mutating func messagesTaken(id: UInt64, cost: Int64) -> [Action] {
        guard let streamID = calls[id]?.streamID, calls[id]?.isAwaited == true,
            let credit = calls[id]?.messagesTaken(cost: cost)
        else { return [] }
        return credit > 0 ? [.send(.window(streamID: streamID, UInt32(clamping: credit)))] : []
    }

    /// The socket takes more, or no more, of what is sent.
    package mutating func writabilityChanged(isWritable: Bool) -> [Action] {
        self.isWritable = isWritable
        return isWritable ? sendWaiting() : []
    }

    /// The call may have something to send.
    mutating func enqueue(_ id: UInt64) {
        guard let call = calls[id], call.streamID != nil, call.isAwaited, !call.isQueued
        else { return }
        calls[id]?.isQueued = true
        sendingCalls.append(id)
    }

    /// Sends what waits as long as the connection has credit and the socket takes it; calls take
    /// turns, a frame each.
    mutating func sendWaiting() -> [Action] {
        guard !isOver else { return [] }
        var actions: [Action] = []
        while isWritable, sendCredit.allowsSending, !sendingCalls.isEmpty {
            let id = sendingCalls.removeFirst()
            calls[id]?.isQueued = false
            guard let streamID = calls[id]?.streamID, let message = calls[id]?.takeMessage()
            else { continue }
            let frame = Frame(streamID: streamID, kind: .message(message))
            // One such frame would end the connection, with all its calls.
            if isTooLong(frame, messageByteCount: message.count) {
                actions += abandon(
                    id, ClientCallFailure.requestTooLarge(peer.frameByteCountMax).error)
                continue
            }
            _ = sendCredit.spend(FlowCredit.cost(messageByteCount: message.count))
            actions.append(.send(frame))
            actions.append(.messageSent(id: id, byteCount: message.count))
            actions += halfCloseIfDue(id)
            enqueue(id)
        }
        return actions
    }
}
