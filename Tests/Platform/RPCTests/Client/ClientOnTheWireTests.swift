import Core
import RPC
import TallyClient
import TestSupport
import Testing
import Wire

/// Our client against a server of somebody else's, over real sockets.
@Suite(.timeLimit(.minutes(1)))
struct ClientOnTheWireTests {
    private func withClient(
        _ body: @escaping @Sendable (Client, RawListener) async throws -> Void
    ) async throws {
        try await RawListener.with { listener in
            let client = Client(
                configuration: TallyClientConfiguration(
                    address: listener.address, security: .plaintext))
            try await body(client, listener)
            await client.close()
        }
    }

    private func goAway(_ lastStreamID: UInt32, _ reason: String) -> Frame {
        Frame(
            streamID: 0, kind: .goAway(GoAway(lastStreamID: lastStreamID, reason: reason)))
    }

    private func answer(_ text: String, stream: UInt32) -> Frame {
        Frame(
            streamID: stream,
            kind: .close(
                Close(message: TextMessage(text).serialized(), hasMessage: true)))
    }

    /// "Streams up to it are finished; an `Open` above it is not answered and safe to retry
    /// elsewhere."
    @Test(.rule(9)) func callsAboveTheFinalIDGoToAnotherConnection() async throws {
        try await withClient { client, listener in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 1...3 {
                    group.addTask { try await client.call(Echo.self, TextMessage("?")).text }
                }
                let first = try #require(try await listener.accept())
                for stream: UInt32 in 1...3 {
                    #expect(await first.nextOfInterest()?.streamID == stream)
                }
                try await first.send(
                    goAway(.max, "DRAIN"), Frame(streamID: 0, kind: .ping(Ping(opaque: 5))))
                #expect(await first.nextOfInterest()?.kind == .pong(Pong(opaque: 5)))
                try await first.send(goAway(2, "DRAIN"))
                try await first.send(goAway(1, "DRAIN"), answer("first", stream: 1))
                let second = try #require(try await listener.accept())
                for stream: UInt32 in 1...2 {
                    guard case .open(let open) = await second.nextOfInterest()?.kind else {
                        Issue.record("no Open")
                        return
                    }
                    #expect(open.method == Echo.name)
                    try await second.send(answer("second", stream: stream))
                }
                var texts: [String] = []
                for try await text in group { texts.append(text) }
                #expect(texts.sorted() == ["first", "second", "second"])
                // What was begun is over, so the client leaves.
                #expect(await first.nextOfInterest() == nil)
            }
        }
    }

    /// A stream of requests whose `Open` waits for credit when the server begins to drain was never seen by
    /// it, so it is safe on another connection.
    @Test(.rule(6, 9)) func streamsThatWaitToBeOpenedGoToAnotherConnection() async throws {
        try await withClient { client, listener in
            // More than the connection's window, of which nothing comes back.
            let large = TextMessage(String(repeating: "x", count: 256 * 1024))
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask {
                    try await client.clientStreaming(Gather.self) { writer in
                        for _ in 1...4 { try await writer.send(large) }
                    }.text
                }
                let first = try #require(try await listener.accept())
                #expect(await first.nextOfInterest()?.streamID == 1)
                try await first.send(
                    Frame(streamID: 1, kind: .window(Window(bytes: 2 * 1024 * 1024))))
                var byteCount = 0
                while byteCount < 1024 * 1024, let frame = await first.nextOfInterest() {
                    if case .message(let message) = frame.kind { byteCount += message.count }
                }
                group.addTask {
                    try await client.clientStreaming(Gather.self) { writer in
                        try await writer.send(TextMessage("second"))
                    }.text
                }
                try await first.send(goAway(1, "DRAIN"))
                let second = try #require(try await listener.accept())
                guard case .open = await second.nextOfInterest()?.kind else {
                    Issue.record("no Open")
                    return
                }
                try await second.send(answer("there", stream: 1))
                try await first.send(answer("here", stream: 1))
                var texts: [String] = []
                for try await text in group { texts.append(text) }
                #expect(texts.sorted() == ["here", "there"])
            }
        }
    }

    @Test func closingEndsConnectionsThatDrainToo() async throws {
        try await withClient { client, listener in
            try await withThrowingTaskGroup(of: TallyError?.self) { group in
                group.addTask {
                    await #expect(throws: TallyError.self) {
                        try await client.call(Echo.self, TextMessage())
                    }
                }
                let first = try #require(try await listener.accept())
                #expect(await first.nextOfInterest()?.streamID == 1)
                try await first.send(
                    goAway(1, "DRAIN"), Frame(streamID: 0, kind: .ping(Ping(opaque: 5))))
                #expect(await first.nextOfInterest()?.kind == .pong(Pong(opaque: 5)))
                async let text = client.call(Echo.self, TextMessage()).text
                let second = try #require(try await listener.accept())
                #expect(await second.nextOfInterest()?.streamID == 1)
                try await second.send(answer("second", stream: 1))
                #expect(try await text == "second")
                await client.close()
                #expect(try await group.next()??.reason == "CLIENT_CLOSED")
                #expect(await first.nextOfInterest() == nil)
                #expect(await second.nextOfInterest() == nil)
            }
        }
    }

    @Test func connectionsEndWithTheirClient() async throws {
        try await RawListener.with { listener in
            let peer = try await callOnce(listener)
            #expect(await peer.nextOfInterest() == nil)
        }
    }

    /// Calls by a client that nobody keeps or closes.
    private func callOnce(_ listener: RawListener) async throws -> RawPeer {
        let client = Client(
            configuration: TallyClientConfiguration(
                address: listener.address, security: .plaintext))
        async let text = client.call(Echo.self, TextMessage()).text
        let peer = try #require(try await listener.accept())
        #expect(await peer.nextOfInterest()?.streamID == 1)
        try await peer.send(answer("answer", stream: 1))
        #expect(try await text == "answer")
        return peer
    }

    /// "For every other reason … calls in flight are UNAVAILABLE to the client": one that may have
    /// begun is not repeated.
    @Test(.rule(9)) func callInFlightIsUnavailableWhenTheServerLeaves() async throws {
        try await withClient { client, listener in
            try await withThrowingTaskGroup(of: TallyError?.self) { group in
                group.addTask {
                    do {
                        _ = try await client.call(Echo.self, TextMessage())
                        return nil
                    } catch {
                        return error as? TallyError
                    }
                }
                let peer = try #require(try await listener.accept())
                #expect(await peer.nextOfInterest()?.streamID == 1)
                try await peer.send(goAway(1, "IDLE"))
                let failure = try await group.next() ?? nil
                #expect(failure?.code == .unavailable)
                #expect(failure?.reason == "IDLE")
                #expect(await peer.nextOfInterest() == nil)
            }
        }
    }

    private func message(_ text: String) -> Frame {
        Frame(streamID: 1, kind: .message(TextMessage(text).serialized()))
    }

    @Test func secondTaskThatReadsIsRefused() async throws {
        let isRefused = Gate()
        try await withClient { client, listener in
            async let outcomes = client.bidirectionalStreaming(Converse.self) { _, answers in
                try await withThrowingTaskGroup(of: String?.self) { group in
                    for _ in 1...2 {
                        group.addTask {
                            do {
                                var iterator = answers.makeAsyncIterator()
                                return try await iterator.next()?.text
                            } catch let error as TallyError {
                                isRefused.open()
                                return error.reason
                            }
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
            }
            let peer = try #require(try await listener.accept())
            #expect(await peer.nextOfInterest()?.streamID == 1)
            await isRefused.wait()
            try await peer.send(message("answer"))
            let seen: [String?] = try await outcomes
            #expect(seen == ["RESPONSES_BEING_READ", "answer"])
        }
    }

    @Test func laterIteratorGoesOnWhereTheFirstStopped() async throws {
        try await withClient { client, listener in
            async let texts = client.serverStreaming(Rows.self, TextMessage()) { rows in
                var texts: [String] = []
                for try await row in rows {
                    texts.append(row.text)
                    break
                }
                for try await row in rows { texts.append(row.text) }
                return texts
            }
            let peer = try #require(try await listener.accept())
            #expect(await peer.nextOfInterest()?.streamID == 1)
            try await peer.send(
                message("a"), message("b"),
                Frame(streamID: 1, kind: .close(Close(status: Status()))))
            #expect(try await texts == ["a", "b"])
        }
    }

    /// "The server opens no stream."
    @Test(.rule(2)) func serverThatOpensAStreamIsLeft() async throws {
        try await withClient { client, listener in
            async let failure = #expect(throws: TallyError.self) {
                try await client.call(
                    Echo.self, TextMessage(), options: CallOptions(timeout: .seconds(30)))
            }
            let peer = try #require(try await listener.accept())
            #expect(await peer.nextOfInterest()?.streamID == 1)
            try await peer.send(Frame(streamID: 2, kind: .open(Open(method: Echo.name))))
            #expect(await peer.nextOfInterest()?.goAway?.reason == "PROTOCOL_ERROR")
            #expect(await peer.nextOfInterest() == nil)
            #expect(await failure?.code == .unavailable)
        }
    }
}
