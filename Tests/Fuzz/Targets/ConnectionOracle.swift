import RPC
import Wire

/// What may come out of the server's side of a connection, whatever goes in: the promises of the
/// protocol that can be seen from outside, kept apart from the code that is to keep them.
struct ConnectionOracle {
    typealias Action = ServerConnectionStateMachine.Action

    private struct Handler {
        /// Length of the `Open`'s message while the handler has not taken it.
        var request: Int?
        var deliveredCost: Int64 = 0
        var isHalfClosed: Bool
        var hasEnded = false
        var isCancelled = false
        var offered: [Int] = []
    }

    private struct Stream {
        var sendCredit: Int64
        var receiveCredit: Int64
        var isHalfClosed: Bool
    }

    private let limits: RPCLimits
    private var handlers: [UInt32: Handler] = [:]
    /// Streams that are open on the wire.
    private var streams: [UInt32: Stream] = [:]
    private var openedIDs = Set<UInt32>()
    private var closedIDs = Set<UInt32>()
    private var lastOpenID: UInt32 = 0
    private var hasHello = false
    private var hasAnsweredHello = false
    private var peerWindow: Int64 = 256 * 1024
    /// What the peer may still send, and we, on the connection.
    private var receiveCredit: Int64 = 1024 * 1024
    private var sendCredit: Int64 = 1024 * 1024
    private var lastGoAwayID = UInt32.max
    /// What the last frame must lead to, by the rules that need no memory of the connection's.
    private var mustEnd: String?
    private(set) var hasShutOutput = false
    private(set) var isClosed = false
    private(set) var isLost = false

    init(limits: RPCLimits) {
        self.limits = limits
    }

    /// "each counts its length + 16"
    private static func cost(_ byteCount: Int) -> Int64 { Int64(byteCount) + 16 }

    // MARK: Handlers

    private var runningIDs: [UInt32] { handlers.filter { !$0.value.hasEnded }.keys.sorted() }

    /// Handlers that run though nobody has told them to stop.
    var wantedHandlerCount: Int { handlers.values.count { !$0.hasEnded && !$0.isCancelled } }

    /// One of the handlers that run, cancelled ones too: they end when they like.
    func handler(_ index: Int) -> UInt32? {
        let ids = runningIDs
        return ids.isEmpty ? nil : ids[index % ids.count]
    }

    mutating func handlerEnded(_ id: UInt32) {
        handlers[id]?.hasEnded = true
        if handlers[id]?.isCancelled == true { handlers[id] = nil }
    }

    mutating func handlerSends(_ id: UInt32, _ message: [UInt8]) -> Bool {
        guard handlers[id]?.isCancelled == false else { return false }
        handlers[id]?.offered.append(message.count)
        return true
    }

    mutating func handlerTakesRequest(_ id: UInt32) -> Int? {
        defer { handlers[id]?.request = nil }
        return handlers[id]?.request
    }

    mutating func handlerTakesMessages(_ id: UInt32) -> Int64? {
        guard let cost = handlers[id]?.deliveredCost, cost > 0 else { return nil }
        handlers[id]?.deliveredCost = 0
        return cost
    }

    mutating func connectionLost() throws(FuzzFind) {
        isClosed = true
        isLost = true
        try demand(wantedHandlerCount == 0, "a handler outlives its lost connection")
    }

    // MARK: What the peer sent

    /// - Parameter isDiscarded: Whether the connection is ending and nothing of it matters.
    mutating func received(
        _ output: FrameDecoder.Output, isDiscarded: Bool
    ) throws(FuzzFind) {
        mustEnd = nil
        guard !isDiscarded else { return }
        try demand(!hasShutOutput && !isClosed, "input matters after the end")
        switch output {
        case .malformed: mustEnd = "PROTOCOL_ERROR"
        case .tooLong: mustEnd = "FRAME_TOO_LARGE"
        case .frame(let frame, _): noteReceived(frame)
        }
    }

    private mutating func noteReceived(_ frame: Frame) {
        guard hasHello else {
            guard frame.streamID == 0, case .hello(let hello) = frame.kind else {
                return mustEnd = "PROTOCOL_ERROR"
            }
            if hello.version == 0 { return mustEnd = "UNSUPPORTED_VERSION" }
            hasHello = true
            let window = Int64(min(hello.initialWindowBytes, UInt32(Int32.max)))
            return peerWindow = max(peerWindow, window)
        }
        switch (frame.kind, frame.streamID) {
        case (.hello, _), (.close, _), (.open, 0), (.message, 0), (.halfClose, 0), (.cancel, 0):
            mustEnd = "PROTOCOL_ERROR"
        case (.ping, 0), (.pong, 0), (.goAway, 0), (nil, 0): break
        case (.ping, _), (.pong, _), (.goAway, _), (nil, _): mustEnd = "PROTOCOL_ERROR"
        case (.open(let open), let id): noteOpen(open, id)
        case (.message(let message), let id): noteMessage(message, id)
        case (.halfClose, let id):
            streams[id]?.isHalfClosed = true
            noteKnown(id)
        case (.cancel, let id): noteKnown(id)
        case (.window(let window), let id): noteWindow(Int64(window.bytes), id)
        }
    }

    private mutating func noteKnown(_ id: UInt32) {
        // Ids below the last may have been forgotten; one above it was never opened.
        if id > lastOpenID { mustEnd = "PROTOCOL_ERROR" }
    }

    private mutating func noteOpen(_ open: Open, _ id: UInt32) {
        guard id > lastOpenID else { return mustEnd = "PROTOCOL_ERROR" }
        lastOpenID = id
        openedIDs.insert(id)
        if open.hasMessage { spendReceiveCredit(Self.cost(open.message.count)) }
    }

    private mutating func noteMessage(_ message: [UInt8], _ id: UInt32) {
        let cost = Self.cost(message.count)
        noteKnown(id)
        spendReceiveCredit(cost)
        guard let stream = streams[id] else { return }
        guard handlers[id]?.hasEnded == false else { return }
        if stream.isHalfClosed || stream.receiveCredit <= 0 { mustEnd = "PROTOCOL_ERROR" }
        streams[id]?.receiveCredit -= cost
    }

    private mutating func spendReceiveCredit(_ cost: Int64) {
        if receiveCredit <= 0 { mustEnd = "PROTOCOL_ERROR" }
        receiveCredit -= cost
    }

    private mutating func noteWindow(_ byteCount: Int64, _ id: UInt32) {
        if id == 0 {
            sendCredit += byteCount
            if sendCredit > Int64(Int32.max) { mustEnd = "PROTOCOL_ERROR" }
        } else {
            noteKnown(id)
            streams[id]?.sendCredit += byteCount
            if let credit = streams[id]?.sendCredit, credit > Int64(Int32.max) {
                mustEnd = "PROTOCOL_ERROR"
            }
        }
    }

    // MARK: What the server does

    mutating func performed(
        _ actions: [Action], answering output: FrameDecoder.Output?
    ) throws(FuzzFind) {
        let expected = mustEnd
        mustEnd = nil
        var reason: String?
        var answerByteCount = 0
        for action in actions {
            try demand(!isClosed || isCancel(action), "something is done after the close")
            if case .send(let frame) = action {
                if case .goAway(let goAway) = frame.kind { reason = goAway.reason }
                if !carriesMessage(frame) { answerByteCount += FrameEncoder.byteCount(frame) }
            }
            try performed(action)
        }
        if let expected {
            try demand(reason == expected, "\(expected) is due, and there was \(reason ?? "none")")
        }
        if output != nil {
            // A peer makes the server send little more than it sends itself.
            try demand(answerByteCount < 4096, "\(answerByteCount) bytes answer one frame")
        }
        try checkBounds()
    }

    private func isCancel(_ action: Action) -> Bool {
        if case .cancelCall = action { true } else { false }
    }

    private func carriesMessage(_ frame: Frame) -> Bool {
        switch frame.kind {
        case .message: true
        case .close(let close): close.hasMessage
        default: false
        }
    }

    private mutating func performed(_ action: Action) throws(FuzzFind) {
        switch action {
        case .send(let frame):
            try demand(!hasShutOutput, "a frame follows the end of the output")
            try sent(frame)
        case .startCall(let call):
            try started(call.open, streamID: call.streamID)
        case .deliverMessage(let id, let message):
            try demand(handlers[id]?.isHalfClosed == false, "a message after the half close")
            handlers[id]?.deliveredCost += Self.cost(message.count)
        case .deliverHalfClose(let id):
            try demand(handlers[id]?.isHalfClosed == false, "a second half close")
            handlers[id]?.isHalfClosed = true
        case .sendMessage(let id, let message):
            try demand(!hasShutOutput, "a message follows the end of the output")
            var decoder = FrameDecoder(frameByteCountMax: .max)
            decoder.append(message.frame)
            guard case .frame(let frame, _) = decoder.next(), frame.streamID == id,
                case .message(let content) = frame.kind
            else { throw FuzzFind("a message that its receiver cannot read") }
            try demand(
                handlers[id]?.offered.first == content.count, "another message goes out")
            handlers[id]?.offered.removeFirst()
            try sentMessage(content, id)
        case .sendMore:
            break
        case .cancelCall(let id, _):
            try demand(
                handlers[id]?.isCancelled == false, "a handler that is not there is cancelled")
            try demand(handlers[id]?.hasEnded == false, "a handler that has ended is cancelled")
            handlers[id]?.isCancelled = true
        case .shutOutput:
            try demand(!hasShutOutput, "the output ends twice")
            hasShutOutput = true
            streams = [:]
            handlers = handlers.filter { !$0.value.hasEnded }
            try demand(wantedHandlerCount == 0, "a handler outlives the output")
        case .close:
            try demand(!isClosed, "the connection closes twice")
            isClosed = true
        }
    }

    mutating func started(_ open: Open, streamID: UInt32) throws(FuzzFind) {
        try demand(streamID == lastOpenID, "a call starts that was not opened now")
        try demand(handlers[streamID] == nil, "a call starts twice")
        handlers[streamID] = Handler(
            request: open.hasMessage ? open.message.count : nil, isHalfClosed: open.halfClose)
        streams[streamID] = Stream(
            sendCredit: peerWindow, receiveCredit: Int64(limits.streamWindow),
            isHalfClosed: open.halfClose)
    }

    private mutating func sent(_ frame: Frame) throws(FuzzFind) {
        let id = frame.streamID
        if case .goAway(let goAway) = frame.kind {
            try demand(goAway.lastStreamID <= lastGoAwayID, "the id of a GoAway rises")
            lastGoAwayID = goAway.lastStreamID
            return
        }
        if case .hello = frame.kind {
            try demand(hasHello && !hasAnsweredHello && id == 0, "a Hello that nobody waits for")
            hasAnsweredHello = true
            return
        }
        try demand(hasAnsweredHello, "something comes before Hello")
        switch frame.kind {
        case .close(let close): try sentClose(close, id)
        case .window(let window): try sentWindow(Int64(window.bytes), id)
        case .ping, .pong: try demand(id == 0, "a ping on a stream")
        default: throw FuzzFind("a frame that servers do not send")
        }
    }

    private mutating func sentClose(_ close: Close, _ id: UInt32) throws(FuzzFind) {
        try demand(openedIDs.contains(id), "a Close for a stream that was not opened")
        try demand(closedIDs.insert(id).inserted, "a second Close")
        if close.hasMessage {
            try demand(sendCredit > 0, "a Close's message without credit")
            try demand(close.status?.code ?? 0 == 0, "an error with a message")
            sendCredit -= Self.cost(close.message.count)
        }
        streams[id] = nil
        if handlers[id]?.hasEnded == true { handlers[id] = nil }
    }

    private mutating func sentMessage(_ message: [UInt8], _ id: UInt32) throws(FuzzFind) {
        guard let stream = streams[id] else { throw FuzzFind("a message on a stream that is over") }
        try demand(stream.sendCredit > 0, "a message without credit of its stream")
        try demand(sendCredit > 0, "a message without credit of the connection")
        streams[id]?.sendCredit -= Self.cost(message.count)
        sendCredit -= Self.cost(message.count)
    }

    private mutating func sentWindow(_ byteCount: Int64, _ id: UInt32) throws(FuzzFind) {
        try demand(byteCount > 0, "a Window of nothing")
        guard id != 0 else {
            receiveCredit += byteCount
            return try demand(receiveCredit <= 1024 * 1024, "more credit than was ever spent")
        }
        guard let credit = streams[id]?.receiveCredit else {
            throw FuzzFind("a Window for a stream that is over")
        }
        streams[id]?.receiveCredit += byteCount
        try demand(
            credit + byteCount <= Int64(limits.streamWindow), "more credit than the stream had")
    }

    /// What a peer makes the server hold.
    private func checkBounds() throws(FuzzFind) {
        try demand(streams.count <= Int(limits.streamCountMax), "too many streams")
        let running = handlers.values.count { !$0.hasEnded }
        try demand(running <= 2 * Int(limits.streamCountMax), "too many handlers")
        // One message may take a window below 0.
        let overrun = Int64(limits.frameByteCountMax) + 16
        let wanted = handlers.values.filter { !$0.isCancelled }
        let requests = wanted.reduce(0) { $0 + Int64($1.request ?? 0) }
        try demand(requests <= 1024 * 1024 + overrun, "\(requests) bytes of requests wait")
        let most = wanted.map(\.deliveredCost).max() ?? 0
        try demand(
            most <= Int64(limits.streamWindow) + overrun, "\(most) bytes wait in one stream")
        let unread = wanted.reduce(0) { $0 + $1.deliveredCost }
        let windows = Int64(limits.streamCountMax) * Int64(limits.streamWindow)
        try demand(unread <= windows + 1024 * 1024 + overrun, "\(unread) bytes wait in all")
        guard streams.isEmpty, !hasShutOutput, !isClosed, hasHello else { return }
        // What is left is less than the server gathers before it gives credit back.
        try demand(
            receiveCredit > 1024 * 1024 - 64 * 1024, "credit is lost: \(receiveCredit) are left")
    }
}
