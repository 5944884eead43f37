import Core
import RPC
import Synchronization
import Testing
import Wire

extension Behaviour {
    /// What becomes of calls with more than one message.
    static let streams = [
        rows, slowReader, unreadStreams, largeRows, errorAfterRows, abandonedStream, streamDeadline,
        streamDrain, manyRequests, earlyAnswer, conversation,
    ]

    /// A behaviour with a server that has `Echo` and what `register` adds, and one client of it.
    private static func ofAStream(
        _ name: String, register: @escaping @Sendable (inout RPCRouter) -> Void,
        _ body: @escaping @Sendable (any BehaviourPeer, RunningServer) async throws -> Void
    ) -> Behaviour {
        Behaviour(name) { kind in
            var router = TestServer.router()
            register(&router)
            try await TestServer.run(.loopback(), router: router) { server in
                try await kind.use(PeerOptions(address: server.address)) { peer in
                    try await body(peer, server)
                }
            }
        }
    }

    /// `Rows`: as many as the request says, numbered.
    private static let numbered: @Sendable (inout RPCRouter) -> Void = { router in
        router.registerServerStreaming(Rows.self) { request, writer, _ in
            for number in 0..<(Int(request.text) ?? 0) {
                try await writer.send(TextMessage("\(number)"))
            }
        }
    }

    private static let rows = ofAStream("rows come in order", register: numbered) { peer, _ in
        for count in [0, 1, 1000] {
            let (texts, end) = try await peer.open(PeerCall(Rows.name, "\(count)")).rest()
            #expect(texts == (0..<count).map { "\($0)" })
            #expect(end == PeerOutcome())
        }
    }

    /// Rule 5: "`Window` gives credit back as the application consumes", so what a slow reader leaves
    /// lying stays at the server as work not yet done: its memory is flat.
    private static let slowReader = Behaviour("a slow reader holds the server back") { kind in
        let sent = Mutex(0)
        let row = String(repeating: "x", count: 65_536)
        let rowCount = 400
        var router = TestServer.router()
        router.registerServerStreaming(Rows.self) { _, writer, _ in
            for _ in 0..<rowCount {
                try await writer.send(TextMessage(row))
                sent.withLock { $0 += 1 }
            }
        }
        try await TestServer.run(.loopback(), router: router) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                let stream = try await peer.open(PeerCall(Rows.name))
                _ = try await stream.next()
                // Round trips enough for all the rows, had they been let go.
                for _ in 0..<100 {
                    try await peer.expect(PeerCall(Echo.name, "meanwhile"), "meanwhile")
                }
                // The window of 256 KiB and 512 KiB that wait at the server, each with one row more
                // that took it over its end, and the row read.
                let ahead = sent.withLock { $0 }
                #expect(ahead <= 15, "\(ahead) rows were sent")
                let (texts, end) = try await stream.rest()
                #expect(texts.count == rowCount - 1)
                #expect(end == PeerOutcome())
            }
        }
    }

    /// Rule 4, for streams that nobody reads: together they exceed the connection's window.
    private static let unreadStreams = ofAStream(
        "unread streams hold up no other call",
        register: { router in
            router.registerServerStreaming(Rows.self) { request, writer, _ in
                for _ in 0..<40 {
                    try await writer.send(request)
                }
            }
        }
    ) { peer, _ in
        let row = String(repeating: "x", count: 65_536)
        var streams: [any PeerStream] = []
        for _ in 0..<8 {
            let stream = try await peer.open(PeerCall(Rows.name, row))
            _ = try await stream.next()
            streams.append(stream)
        }
        let large = String(repeating: "y", count: 1_500_000)
        for _ in 0..<3 {
            try await peer.expect(PeerCall(Echo.name, large), large)
        }
        for stream in streams {
            let texts = try await stream.rest().texts
            #expect(texts.count == 39)
        }
    }

    private static let largeRows = ofAStream(
        "large rows come",
        register: { router in
            router.registerServerStreaming(Rows.self) { request, writer, _ in
                for _ in 0..<3 {
                    try await writer.send(TextMessage(request.text + request.text))
                }
            }
        }
    ) { peer, _ in
        let half = String(repeating: "x", count: 1_500_000)
        let (texts, end) = try await peer.open(PeerCall(Rows.name, half)).rest()
        #expect(texts == [half + half, half + half, half + half])
        #expect(end == PeerOutcome())
    }

    private static let errorAfterRows = ofAStream(
        "an error comes after its rows",
        register: { router in
            router.registerServerStreaming(Rows.self) { request, writer, _ in
                try await writer.send(request)
                throw ServiceError(.failedPrecondition, "TEST_REASON", field: "f", "as asked")
            }
        }
    ) { peer, _ in
        let (texts, end) = try await peer.open(PeerCall(Rows.name, "row")).rest()
        #expect(texts == ["row"])
        #expect(
            end == PeerOutcome(code: 9, reason: "TEST_REASON", field: "f", message: "as asked"))
    }

    /// A handler that sends one row and then waits, and a gate that its cancelling opens.
    private static func waiting(_ cancelled: Gate) -> @Sendable (inout RPCRouter) -> Void {
        { router in
            router.registerServerStreaming(Rows.self) { request, writer, _ in
                // Nothing but its cancelling ends the handler, even within the first row.
                defer { cancelled.open() }
                try await writer.send(request)
                await Gate().wait()
                try Task.checkCancellation()
            }
        }
    }

    private static let abandonedStream = Behaviour("an abandoned stream is cancelled") { kind in
        let cancelled = Gate()
        let behaviour = ofAStream("", register: waiting(cancelled)) { peer, _ in
            let stream = try await peer.open(PeerCall(Rows.name, "row"))
            let first = try await stream.next()
            #expect(first.text == "row")
            try await stream.cancel()
            await cancelled.wait()
            try await peer.expect(PeerCall(Echo.name, "next"), "next")
        }
        try await behaviour.run(kind)
    }

    private static let streamDeadline = Behaviour("a stream's deadline ends it") { kind in
        let cancelled = Gate()
        let behaviour = ofAStream("", register: waiting(cancelled)) { peer, _ in
            var call = PeerCall(Rows.name, "row")
            // Long enough for the row on a busy machine.
            call.timeoutMilliseconds = 6000
            let (texts, end) = try await peer.open(call).rest()
            #expect(texts == ["row"])
            #expect(end.summary == "4 DEADLINE_EXCEEDED")
            await cancelled.wait()
        }
        try await behaviour.run(kind)
    }

    /// Rule 9: "Streams up to it are finished". What is left when the drain begins is more than both
    /// windows, but few messages, so that a slow peer on a busy machine reads it within the drain limit.
    private static let streamDrain = ofAStream(
        "a drain finishes streams",
        register: { router in
            router.registerServerStreaming(Rows.self) { request, writer, _ in
                for number in 0..<(Int(request.text) ?? 0) {
                    let padding = String(repeating: "x", count: 65_536)
                    try await writer.send(TextMessage("\(number) \(padding)"))
                }
            }
        }
    ) { peer, server in
        let stream = try await peer.open(PeerCall(Rows.name, "40"))
        _ = try await stream.next()
        await server.drain()
        let (texts, end) = try await stream.rest()
        #expect(texts.map { String($0.prefix { $0 != " " }) } == (1..<40).map { "\($0)" })
        #expect(end == PeerOutcome())
    }

    /// Rule 5 for what the client sends: more than both windows.
    private static let manyRequests = ofAStream(
        "requests stream to the server",
        register: { router in
            router.registerClientStreaming(Gather.self) { messages, _ in
                var count = 0
                var byteCount = 0
                for try await message in messages {
                    count += 1
                    byteCount += message.text.utf8.count
                }
                return TextMessage("\(count) \(byteCount)")
            }
        }
    ) { peer, _ in
        var call = PeerCall(Gather.name)
        call.streamsRequests = true
        let stream = try await peer.open(call)
        for _ in 0..<40 {
            try await stream.send(String(repeating: "x", count: 65_536))
        }
        try await stream.halfClose()
        let (texts, end) = try await stream.rest()
        #expect(texts == ["40 \(40 * 65_536)"])
        #expect(end == PeerOutcome())
    }

    private static let earlyAnswer = ofAStream(
        "an answer may come before all requests",
        register: { router in
            router.registerClientStreaming(Gather.self) { messages, _ in
                for try await message in messages {
                    return message
                }
                return TextMessage("none")
            }
        }
    ) { peer, _ in
        var call = PeerCall(Gather.name)
        call.streamsRequests = true
        let stream = try await peer.open(call)
        // The answer may be there before the request is known to be sent, which then is cancelled.
        try? await stream.send("first")
        let (texts, end) = try await stream.rest()
        #expect(texts == ["first"])
        #expect(end == PeerOutcome())
        try await peer.expect(PeerCall(Echo.name, "next"), "next")
    }

    private static let conversation = ofAStream(
        "both sides stream in turns",
        register: { router in
            router.registerBidirectionalStreaming(Converse.self) { messages, writer, _ in
                for try await message in messages {
                    try await writer.send(TextMessage("re: \(message.text)"))
                }
                try await writer.send(TextMessage("over"))
            }
        }
    ) { peer, _ in
        var call = PeerCall(Converse.name)
        call.streamsRequests = true
        let stream = try await peer.open(call)
        for number in 0..<50 {
            try await stream.send("\(number)")
            let answer = try await stream.next()
            #expect(answer.text == "re: \(number)")
        }
        try await stream.halfClose()
        let (texts, end) = try await stream.rest()
        #expect(texts == ["over"])
        #expect(end == PeerOutcome())
    }
}

/// Answers with rows.
enum Rows: RPCMethod {
    typealias Request = TextMessage
    typealias Response = TextMessage
    static let name = "tally.test.TestService/Rows"
    static let kind = CallKind.serverStreaming
}

/// Gathers what it gets.
enum Gather: RPCMethod {
    typealias Request = TextMessage
    typealias Response = TextMessage
    static let name = "tally.test.TestService/Gather"
    static let kind = CallKind.clientStreaming
}

/// Answers each message.
enum Converse: RPCMethod {
    typealias Request = TextMessage
    typealias Response = TextMessage
    static let name = "tally.test.TestService/Converse"
    static let kind = CallKind.bidirectionalStreaming
}
