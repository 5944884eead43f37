import Core
import NIOCore
import Wire

@testable import RPC

/// A server's connection state machine with a clock that only tests move.
struct MachineUnderTest {
    typealias Action = ServerConnectionStateMachine.Action
    typealias Actions = ServerConnectionStateMachine.Actions

    var machine: ServerConnectionStateMachine
    private(set) var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// - Parameter isGreeted: Whether `Hello` has been exchanged already.
    init(
        limits: RPCLimits = RPCLimits(), isGreeted: Bool = true, hello: Hello = Hello(version: 1)
    ) {
        machine = ServerConnectionStateMachine(
            limits: limits, agent: "test-server",
            kindOf: { $0.hasSuffix("Stream") ? .serverStreaming : .unary }, now: now)
        if isGreeted {
            _ = receive(.hello(hello), stream: 0)
        }
    }

    mutating func receive(_ kind: Frame.Kind?, stream: UInt32) -> Actions {
        let frame = Frame(streamID: stream, kind: kind)
        machine.bytesReceived(at: now)
        return machine.received(.frame(frame, byteCount: frame.serialized().count), at: now)
    }

    /// Opens a unary call with a message of so many bytes.
    mutating func open(
        _ stream: UInt32, byteCount: Int = 0, timeoutMs: UInt32 = 0, method: String = "Method"
    ) -> Actions {
        receive(
            .open(
                Open(
                    method: method, timeoutMs: timeoutMs,
                    message: [UInt8](repeating: 7, count: byteCount), hasMessage: true,
                    halfClose: true)),
            stream: stream)
    }

    /// The handler of a stream sends a message of so many bytes.
    mutating func offer(_ stream: UInt32, _ byteCount: Int) -> Actions {
        machine.messageOffered(
            streamID: stream,
            OutgoingMessage(
                PackedMessage(bytes: [UInt8](repeating: 1, count: byteCount)), streamID: stream))
    }

    mutating func end(_ stream: UInt32, byteCount: Int = 0) -> Actions {
        machine.callEnded(
            streamID: stream, with: .success([UInt8](repeating: 8, count: byteCount)), at: now)
    }

    /// Lets time pass without anything arriving.
    mutating func pass(_ amount: TimeAmount) -> Actions {
        now = now + amount
        return machine.timeElapsed(at: now)
    }
}

extension ActionList<ServerConnectionStateMachine.Action> {
    var last: Action? { Array(self).last }

    /// The reason of the `GoAway` after which the connection is shut; nil where it goes on.
    var goAwayReason: String? {
        guard contains(.shutOutput) else { return nil }
        return goAways.last?.reason
    }

    var goAways: [GoAway] {
        frames.compactMap { frame in
            if case .goAway(let goAway) = frame.kind { goAway } else { nil }
        }
    }

    var frames: [Frame] {
        compactMap { action in
            switch action {
            case .send(let frame): frame
            case .sendMessage(_, let message): message.decoded
            default: nil
            }
        }
    }

    var closes: [(stream: UInt32, close: Close)] {
        frames.compactMap { frame in
            if case .close(let close) = frame.kind { (frame.streamID, close) } else { nil }
        }
    }

    /// Code and reason of each error that ends a stream.
    var failures: [String] {
        closes.map { stream, close in
            let code = ServiceError.Code(rawValue: close.status?.code ?? 0)
            return "\(stream) \(code) \(close.status?.details.first?.reason ?? "-")"
        }
    }

    var startedStreams: [UInt32] {
        compactMap { action in
            if case .startCall(let call) = action { call.streamID } else { nil }
        }
    }

    /// Credit given back, as `stream:bytes`.
    var windows: [String] {
        frames.compactMap { frame in
            if case .window(let window) = frame.kind {
                "\(frame.streamID):\(window.bytes)"
            } else {
                nil
            }
        }
    }
}

extension OutgoingMessage {
    /// The frame as its receiver reads it.
    var decoded: Frame? {
        var decoder = FrameDecoder(frameByteCountMax: .max)
        decoder.append(frame)
        guard case .frame(let frame, _) = decoder.next() else { return nil }
        return frame
    }
}
