import NIOCore
import RPC
import Wire

/// The server's side of one connection, from bytes to actions: `FrameDecoder` and
/// `ServerConnectionStateMachine`, with a clock, a socket and handlers that the input moves.
///
/// Byte 0 of an input sets the limits; after it come events, a byte for the kind and more for what
/// the kind needs. `ConnectionOracle` watches what comes out.
struct ConnectionFuzz {
    typealias Action = ServerConnectionStateMachine.Action

    private var input: FuzzInput
    private var machine: ServerConnectionStateMachine
    private var decoder: FrameDecoder
    private var oracle: ConnectionOracle
    private var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private var lastID: UInt32 = 0
    private var isOutputShut = false

    static func run(_ input: [UInt8]) throws(FuzzFind) {
        var fuzz = ConnectionFuzz(input)
        while !fuzz.input.isAtEnd, !fuzz.oracle.isClosed {
            try fuzz.step()
        }
        try fuzz.finish()
    }

    private init(_ bytes: [UInt8]) {
        input = FuzzInput(bytes)
        let settings = input.byte()
        var limits = RPCLimits()
        // Few, so that an input can reach them.
        limits.streamCountMax = settings & 1 == 0 ? 3 : 100
        limits.streamWindow = settings & 2 == 0 ? 256 * 1024 : 1024 * 1024
        limits.frameByteCountMax = settings & 4 == 0 ? 256 * 1024 : 4 * 1024 * 1024
        limits.pingCountPerSecondMax = settings & 8 == 0 ? 3 : 100
        machine = ServerConnectionStateMachine(
            limits: limits, agent: "fuzz", kindOf: Self.kind, now: now)
        decoder = FrameDecoder(frameByteCountMax: limits.frameByteCountMax)
        oracle = ConnectionOracle(limits: limits)
    }

    private static let methods = ["unary", "server", "client", "both", "unknown"]

    private static func kind(of method: String) -> CallKind? {
        switch method {
        case "unary": .unary
        case "server": .serverStreaming
        case "client": .clientStreaming
        case "both": .bidirectionalStreaming
        default: nil
        }
    }

    // MARK: Events

    private mutating func step() throws(FuzzFind) {
        let event = input.byte()
        let detail = event >> 4
        switch event & 15 {
        case 0: try received(input.bytes(Int(input.byte())))
        case 1: try receivedFrame(input.bytes(Int(input.byte())))
        case 2: try received(frame: hello(detail))
        case 3: try received(frame: open(detail))
        case 4: try received(frame: Frame(streamID: stream(detail), kind: .message(message())))
        case 5: try received(frame: Frame(streamID: stream(detail), kind: ending()))
        case 6: try received(frame: Frame(streamID: stream(detail), kind: window()))
        case 7: try received(frame: Frame(streamID: 0, kind: control(detail)))
        case 8: try timePassed(detail)
        case 9: try handlerEnded(detail)
        case 10: try handlerSent(detail)
        case 11: try handlerTook(detail)
        case 12: try perform(machine.writabilityChanged(isWritable: detail & 1 == 0, at: now))
        case 13: try drainOrPause(detail)
        case 14: try outputShutOrLost(detail)
        default: try receivedFrame(repeated(detail))
        }
    }

    private mutating func received(_ bytes: [UInt8]) throws(FuzzFind) {
        guard !machine.isDiscardingInput else { return }
        machine.bytesReceived(at: now)
        decoder.append(ByteBuffer(bytes: bytes))
        var didComplete = false
        reading: while let output = decoder.next() {
            didComplete = true
            try oracle.received(output, isDiscarded: machine.isDiscardingInput)
            // As the channel does it: what begins a call goes the short way.
            if case .frame(let frame, _) = output, case .open(let open) = frame.kind,
                frame.streamID != 0, machine.isServing
            {
                try opened(open, streamID: frame.streamID, by: output)
                continue
            }
            try perform(machine.received(output, at: now), answering: output)
            if case .tooLong = output { break reading }
        }
        machine.readEnded(pending: decoder.pending, didComplete: didComplete, at: now)
    }

    private mutating func opened(
        _ open: Open, streamID: UInt32, by output: FrameDecoder.Output
    ) throws(FuzzFind) {
        var open = open
        switch machine.opened(&open, streamID: streamID, at: now) {
        case .call:
            try oracle.started(open, streamID: streamID)
            try perform([], answering: output)
        case .refused(_, let actions), .actions(let actions):
            try perform(actions, answering: output)
        }
    }

    private mutating func receivedFrame(_ body: [UInt8]) throws(FuzzFind) {
        let length = UInt32(body.count)
        try received(withUnsafeBytes(of: length.bigEndian) { Array($0) } + body)
    }

    private mutating func received(frame: Frame) throws(FuzzFind) {
        var buffer = ByteBuffer()
        FrameEncoder.write(frame, to: &buffer)
        try received(Array(buffer.readableBytesView))
    }

    private mutating func hello(_ detail: UInt8) -> Frame {
        let hello = Hello(
            version: detail & 8 == 0 ? 1 : UInt32(detail & 3),
            maxFrameBytes: detail & 1 == 0 ? 0 : size(), maxStreams: 0,
            initialWindowBytes: detail & 2 == 0 ? 0 : size())
        return Frame(streamID: 0, kind: .hello(hello))
    }

    private mutating func open(_ detail: UInt8) -> Frame {
        let flags = input.byte()
        let method = Self.methods[Int(flags & 7) % Self.methods.count]
        let id = detail == 15 ? input.number() : lastID &+ UInt32(detail & 7)
        lastID = max(lastID, id)
        let open = Open(
            method: method, timeoutMs: flags & 64 == 0 ? 0 : size(),
            message: flags & 8 == 0 ? [] : message(), hasMessage: flags & 16 == 0,
            halfClose: flags & 32 == 0)
        return Frame(streamID: id, kind: .open(open))
    }

    /// One of the last streams that were opened.
    private func stream(_ detail: UInt8) -> UInt32 {
        detail == 15 ? 0 : lastID &- UInt32(detail)
    }

    private mutating func size() -> UInt32 {
        let byte = input.byte()
        return 1 << UInt32(byte & 31) | UInt32(byte >> 5)
    }

    private mutating func message() -> [UInt8] {
        [UInt8](repeating: 7, count: Int(min(size(), 200_000)))
    }

    private mutating func ending() -> Frame.Kind? {
        switch input.byte() & 3 {
        case 0: .halfClose(HalfClose())
        case 1: .cancel(Cancel())
        case 2: .close(Close())
        default: nil
        }
    }

    private mutating func window() -> Frame.Kind {
        .window(Window(bytes: size()))
    }

    private func control(_ detail: UInt8) -> Frame.Kind? {
        switch detail & 3 {
        case 0: .ping(Ping(opaque: 7))
        // That of a drain's.
        case 1: .pong(Pong(opaque: 0x6472_6169_6E00_0000))
        case 2: .goAway(GoAway(reason: "BYE"))
        default: nil
        }
    }

    /// A body of one byte again and again, such as empty fields.
    private mutating func repeated(_ detail: UInt8) -> [UInt8] {
        let pattern = input.bytes(Int(detail) + 1)
        return [UInt8](repeatElement(pattern, count: Int(min(size(), 4096))).joined())
    }

    // MARK: The clock, handlers and the socket

    private mutating func timePassed(_ detail: UInt8) throws(FuzzFind) {
        now = now + .milliseconds(1 << Int64(detail))
        try perform(machine.timeElapsed(at: now))
        if let next = machine.nextDeadline {
            try demand(next > now, "the next deadline has passed, which keeps the loop busy")
        }
    }

    private mutating func handlerEnded(_ detail: UInt8) throws(FuzzFind) {
        guard let id = oracle.handler(Int(detail)) else { return }
        let flags = input.byte()
        guard flags & 1 == 0 else {
            let close = Close(status: Status(code: 13, message: "incident"))
            oracle.handlerEnded(id)
            return try perform(machine.callEnded(streamID: id, with: close, at: now))
        }
        let message = flags & 2 == 0 ? message() : nil
        let close = Close(
            status: Status(), message: message ?? [], hasMessage: message != nil)
        oracle.handlerEnded(id)
        // Success has a short way, too.
        switch machine.callSucceeded(streamID: id, messageByteCount: message?.count, at: now) {
        case .atOnce:
            try perform([.send(Frame(streamID: id, kind: .close(close)))])
        case .atOnceAnd(let action):
            try perform([.send(Frame(streamID: id, kind: .close(close))), action])
        case .inTurn:
            try perform(machine.callEnded(streamID: id, with: close, at: now))
        }
    }

    private mutating func handlerSent(_ detail: UInt8) throws(FuzzFind) {
        guard let id = oracle.handler(Int(detail)) else { return }
        let message = message()
        guard oracle.handlerSends(id, message) else { return }
        let outgoing = OutgoingMessage(PackedMessage(bytes: message), streamID: id)
        try perform(machine.messageOffered(streamID: id, outgoing))
    }

    private mutating func handlerTook(_ detail: UInt8) throws(FuzzFind) {
        guard let id = oracle.handler(Int(detail)) else { return }
        if let byteCount = oracle.handlerTakesRequest(id) {
            try perform(machine.requestTaken(streamID: id, byteCount: byteCount))
        } else if let cost = oracle.handlerTakesMessages(id) {
            try perform(machine.messagesTaken(streamID: id, cost: cost))
        }
    }

    private mutating func drainOrPause(_ detail: UInt8) throws(FuzzFind) {
        switch detail & 3 {
        case 0: try perform(machine.drainStarted(at: now))
        case 1: machine.readingPaused(.peerDoesNotRead, at: now)
        case 2: machine.readingResumed(at: now)
        default: try perform(machine.connectionRefused(at: now))
        }
    }

    private mutating func outputShutOrLost(_ detail: UInt8) throws(FuzzFind) {
        if detail == 15 {
            try perform(machine.connectionLost())
            try oracle.connectionLost()
        } else if oracle.hasShutOutput, !isOutputShut {
            isOutputShut = true
            try perform(machine.outputShut(at: now))
        }
    }

    private mutating func perform(
        _ actions: some Sequence<Action>, answering output: FrameDecoder.Output? = nil
    ) throws(FuzzFind) {
        let actions = Array(actions)
        try oracle.performed(actions, answering: output)
        // The socket has taken what came before.
        if actions.contains(.sendMore) { try perform(machine.roomLeft(at: now)) }
    }

    /// However a connection went, it ends: drained, its peer silent, and with all its handlers.
    private mutating func finish() throws(FuzzFind) {
        try perform(machine.drainStarted(at: now))
        for _ in 0..<4 where !oracle.isClosed {
            now = now + .hours(1)
            try perform(machine.timeElapsed(at: now))
            if oracle.hasShutOutput, !isOutputShut {
                isOutputShut = true
                try perform(machine.outputShut(at: now))
            }
        }
        try demand(oracle.isClosed, "the connection never closes")
        try demand(oracle.wantedHandlerCount == 0, "a handler outlives its connection")
        try demand(machine.nextDeadline == nil || !oracle.isLost, "a lost connection has a clock")
    }
}
