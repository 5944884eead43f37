import Core
import NIOCore
import Wire

@testable import RPC

/// A client's connection state machine with a clock that only tests move.
struct ClientMachineUnderTest {
    typealias Action = ClientConnectionStateMachine.Action

    var machine: ClientConnectionStateMachine
    var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// - Parameter connectingTakes: From the machine's beginning until the connection stands.
    init(
        hello: Hello? = Hello(version: 1), waitingCountMax: Int = 1000,
        connectingTakes: TimeAmount = .zero
    ) {
        machine = ClientConnectionStateMachine(
            limits: RPCLimits(), waitingCountMax: waitingCountMax)
        now = now + connectingTakes
        _ = machine.connected(agent: "test", metadata: [], at: now)
        if let hello { _ = receive(.hello(hello)) }
    }

    mutating func receive(_ kind: Frame.Kind?, stream: UInt32 = 0) -> [Action] {
        let frame = Frame(streamID: stream, kind: kind)
        machine.bytesReceived(at: now)
        return machine.received(.frame(frame, byteCount: 9), at: now)
    }

    mutating func start(
        _ id: UInt64, byteCount: Int = 0, timeout: TimeAmount = .seconds(60)
    ) -> [Action] {
        machine.callStarted(
            .init(
                id: id, method: "M", metadata: [],
                message: [UInt8](repeating: 1, count: byteCount), deadline: now + timeout),
            at: now)
    }

    mutating func pass(_ amount: TimeAmount) -> [Action] {
        now = now + amount
        return machine.timeElapsed(at: now)
    }
}

extension ClientConnectionStateMachine.Action {
    var isReady: Bool {
        if case .becameReady = self { true } else { false }
    }

    var isUnusable: Bool {
        if case .becameUnusable = self { true } else { false }
    }

    var isShutOutput: Bool {
        if case .shutOutput = self { true } else { false }
    }
}

extension [ClientConnectionStateMachine.Action] {
    var frames: [Frame] {
        compactMap { action in
            if case .send(let frame) = action { frame } else { nil }
        }
    }

    var openedStreams: [UInt32] {
        frames.compactMap { frame in
            if case .open = frame.kind { frame.streamID } else { nil }
        }
    }

    var cancelledStreams: [UInt32] {
        frames.compactMap { frame in
            if case .cancel = frame.kind { frame.streamID } else { nil }
        }
    }

    var windows: [UInt32] {
        frames.compactMap { frame in
            if case .window(let window) = frame.kind { window.bytes } else { nil }
        }
    }

    var pingCount: Int {
        frames.count { frame in
            if case .ping = frame.kind { true } else { false }
        }
    }

    var goAwayReason: String? {
        guard contains(where: \.isShutOutput) else { return nil }
        return frames.compactMap(\.goAway).first?.reason
    }

    /// How calls ended, in order.
    var outcomes: [String] {
        compactMap { action in
            guard case .endCall(let id, let result) = action else { return nil }
            switch result {
            case .success(let answer):
                return "\(id) OK \(answer.message)"
            case .failure(let failure):
                return "\(id) \(failure.error)" + (failure.isNeverSent ? " never sent" : "")
            }
        }
    }
}
