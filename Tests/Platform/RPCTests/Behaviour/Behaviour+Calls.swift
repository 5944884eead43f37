import API
import Core
import Foundation
import RPC
import Synchronization
import Testing
import Wire

extension Behaviour {
    /// What becomes of single calls.
    static let calls = [
        answers, emptyMessages, errors, faults, unknownMethods, malformedMessages, deadlines,
        cancellation, anyOrder, manyCalls, moreCallsThanStreams, largeMessages, largestRequest,
        largeAnswers, metadata, idempotencyKeys, repetition, typedCalls,
        declaredRepetition,
    ]

    private static let answers = ofACall("an answer comes back") { peer, _ in
        try await peer.expect(PeerCall(Echo.name, "Grüße"), "Grüße")
    }

    /// Rule 3: "an empty message is one".
    private static let emptyMessages = ofACall("an empty message is a message") { peer, _ in
        let outcome = try await peer.call(PeerCall(Echo.name))
        #expect(outcome == PeerOutcome(messages: [Data()]))
    }

    private static let errors = ofACall("an error keeps its details") { peer, _ in
        let expected = PeerOutcome(
            code: 9, reason: "TEST_REASON", field: "rules[2].weight", message: "as asked",
            retryAfterMilliseconds: 1500)
        let outcome = try await peer.call(PeerCall(Fail.name, "service"))
        #expect(outcome == expected)
    }

    /// Rule 13: "An internal fault is INTERNAL with an opaque incident id".
    private static let faults = ofACall("a fault is an incident only") { peer, _ in
        let outcome = try await peer.call(PeerCall(Fail.name, "other"))
        #expect(outcome.summary == "13 INTERNAL")
        #expect(outcome.message.hasPrefix("incident "))
        #expect(!outcome.message.contains("SELECT"))
    }

    private static let unknownMethods = ofACall("an unknown method is unimplemented") { peer, _ in
        try await peer.expect(PeerCall("no/such"), "12 METHOD_UNKNOWN")
    }

    /// Rule 12: "INVALID_ARGUMENT (`MALFORMED_MESSAGE`) for that stream only".
    private static let malformedMessages = ofACall(
        "a malformed message ends its call only"
    ) { peer, _ in
        var call = PeerCall(Echo.name)
        call.request = Data([0x0A, 0xFF])
        try await peer.expect(call, "3 MALFORMED_MESSAGE")
        try await peer.expect(PeerCall(Echo.name, "next"), "next")
    }

    /// Rule 7: "At the deadline the handler is cancelled".
    private static let deadlines = ofACall("a deadline reaches the handler") { peer, signals in
        // The connection stands already, so the deadline finds the call at the server.
        _ = try await peer.call(PeerCall(Echo.name))
        var call = PeerCall(Wait.name)
        call.timeoutMilliseconds = 2000
        try await peer.expect(call, "4 DEADLINE_EXCEEDED")
        await signals.waitCancelled.wait()
        try await peer.expect(PeerCall(Echo.name, "next"), "next")
    }

    /// Rule 7: "`Cancel` … cancels in the same way (CANCELLED)".
    private static let cancellation = ofACall("a cancel reaches the handler") { peer, signals in
        let call = try await peer.begin(PeerCall(Wait.name))
        await signals.waitStarted.wait()
        try await call.cancel()
        #expect(try await call.outcome().code == 1)
        await signals.waitCancelled.wait()
        try await peer.expect(PeerCall(Echo.name, "next"), "next")
    }

    /// Rule 4: "A slow call never holds up another".
    private static let anyOrder = ofACall("answers come in any order") { peer, signals in
        let slow = try await peer.begin(
            PeerCall(Wait.name, String(repeating: "x", count: 1_100_000)))
        await signals.waitStarted.wait()
        try await peer.expect(PeerCall(Echo.name, "fast"), "fast")
        signals.waitReleased.open()
        #expect(try await slow.outcome().text?.utf8.count == 1_100_000)
    }

    private static let manyCalls = Behaviour("hundreds of calls share one connection") { kind in
        var limits = RPCLimits()
        limits.connectionCountPerAddressMax = 1
        try await TestServer.run(.loopback(limits)) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                try await withThrowingTaskGroup(of: (Int, String?).self) { group in
                    for number in 0..<300 {
                        group.addTask {
                            let call = PeerCall(Echo.name, "\(number)")
                            return (number, try await peer.call(call).text)
                        }
                    }
                    for try await (number, text) in group {
                        #expect(text == "\(number)")
                    }
                }
            }
        }
    }

    /// Rule 8: one more than `max_streams` would end with TOO_MANY_STREAMS.
    private static let moreCallsThanStreams = Behaviour(
        "more calls than streams wait for room"
    ) { kind in
        let hundred = Gate()
        let count = Mutex(0)
        var router = RPCRouter()
        router.register(Echo.self) { request, _ in
            let number = count.withLock { count in
                count += 1
                return count
            }
            if number == 100 { hundred.open() }
            await hundred.wait()
            return request
        }
        try await TestServer.run(.loopback(), router: router) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<150 {
                        group.addTask { try await peer.call(PeerCall(Echo.name, "in")).summary }
                    }
                    for try await summary in group {
                        #expect(summary == "in")
                    }
                }
            }
        }
        #expect(count.withLock { $0 } == 150)
    }

    /// Rule 5 at work: together far more than both windows.
    private static let largeMessages = ofACall(
        "large messages flow in both directions"
    ) { peer, _ in
        let text = String(repeating: "0123456789", count: 150_000)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 {
                group.addTask { try await peer.call(PeerCall(Echo.name, text)).text == text }
            }
            for try await isSame in group {
                #expect(isSame)
            }
        }
    }

    private static let largestRequest = ofACall(
        "a request beyond the server's frame is not sent"
    ) { peer, _ in
        let large = String(repeating: "x", count: 4_194_304 - 200)
        try await peer.expect(PeerCall(Echo.name, large), large)
        let larger = String(repeating: "x", count: 4_194_304)
        try await peer.expect(PeerCall(Echo.name, larger), "8 REQUEST_TOO_LARGE")
        try await peer.expect(PeerCall(Echo.name, "next"), "next")
    }

    /// Rule 8: "An answer that would not fit the peer's `max_frame_bytes`".
    private static let largeAnswers = Behaviour(
        "an answer beyond the client's frame is its call's error"
    ) { kind in
        var router = RPCRouter()
        router.register(Echo.self) { request, _ in
            TextMessage(String(repeating: request.text, count: 5_000_000))
        }
        try await TestServer.run(.loopback(), router: router) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                let outcome = try await peer.call(PeerCall(Echo.name, "x"))
                #expect(outcome.summary == "8 RESPONSE_TOO_LARGE")
                try await peer.expect(PeerCall(Echo.name), "")
            }
        }
    }

    /// Answers with the metadata that reached it.
    private static var metadataRouter: RPCRouter {
        var router = RPCRouter()
        router.register(Echo.self) { _, context in
            TextMessage(
                ["authorization", "tally-org", "x-call", "idempotency-key"]
                    .map { context.metadata.string($0) ?? "-" }.joined(separator: ","))
        }
        return router
    }

    /// Rule 11: "A key on `Open` replaces the same key of `Hello` … an empty value removes it".
    private static let metadata = Behaviour("metadata of a call replaces and removes") { kind in
        try await TestServer.run(.loopback(), router: metadataRouter) { server in
            var options = PeerOptions(address: server.address)
            options.token = "tly_1_2"
            options.metadata = ["tally-org": "acme"]
            try await kind.use(options) { peer in
                var call = PeerCall(Echo.name)
                try await peer.expect(call, "Bearer tly_1_2,acme,-,-")
                call.metadata = ["tally-org": "other", "x-call": "1"]
                try await peer.expect(call, "Bearer tly_1_2,other,1,-")
                call.metadata = ["tally-org": "", "authorization": ""]
                try await peer.expect(call, "-,-,-,-")
                call.metadata = ["X": "1"]
                try await peer.expect(call, "3 METADATA_INVALID")
                try await peer.expect(PeerCall(Echo.name), "Bearer tly_1_2,acme,-,-")
            }
        }
    }

    /// Rule 11: "`idempotency-key` is taken on `Open` only".
    private static let idempotencyKeys = Behaviour("an idempotency key is its call's") { kind in
        try await TestServer.run(.loopback(), router: metadataRouter) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                var call = PeerCall(Echo.name)
                call.idempotencyKey = "once"
                try await peer.expect(call, "-,-,-,once")
                try await peer.expect(PeerCall(Echo.name), "-,-,-,-")
            }
        }
    }

    private static let repetition = Behaviour("unavailable is repeated only with a key") { kind in
        let count = Mutex(0)
        var router = RPCRouter()
        router.register(Echo.self) { _, _ in
            count.withLock { $0 += 1 }
            throw ServiceError(.unavailable, "DATABASE_AWAY", "Try again.")
        }
        try await TestServer.run(.loopback(), router: router) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                var call = PeerCall(Echo.name)
                try await peer.expect(call, "14 DATABASE_AWAY")
                #expect(count.withLock { $0 } == 1)
                call.idempotencyKey = "again"
                try await peer.expect(call, "14 DATABASE_AWAY")
                #expect(count.withLock { $0 } == 4)
            }
        }
    }

    /// The Python client knows no type of the services but those that the server describes.
    private static let typedCalls = Behaviour("typed calls need no more than the server") { kind in
        var router = RPCRouter()
        router.register(HealthServiceMethods.Check.self) { _, _ in CheckResponse(status: .serving) }
        describe(in: &router)
        try await TestServer.run(.loopback(), router: router) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                let outcome = try await peer.call(.check)
                let serving = CheckResponse(status: .serving).serialized()
                #expect(outcome == PeerOutcome(messages: [Data(serving)]))
            }
        }
    }

    /// "Repeat only what is safe to repeat: … methods that the schema declares `NO_SIDE_EFFECTS` or
    /// `IDEMPOTENT`".
    private static let declaredRepetition = Behaviour(
        "what the schema declares safe is repeated without a key"
    ) { kind in
        let counts = Mutex<[String: Int]>([:])
        // Twice away, then there.
        let answer: @Sendable (String) throws -> Void = { name in
            let count = counts.withLock { counts in
                counts[name, default: 0] += 1
                return counts[name] ?? 0
            }
            guard count > 2 else {
                throw ServiceError(.unavailable, "DATABASE_AWAY", "Try again.")
            }
        }
        var router = RPCRouter()
        router.register(HealthServiceMethods.Check.self) { _, context in
            try answer(context.method)
            return CheckResponse()
        }
        router.register(IngestionServiceMethods.IngestEvents.self) { _, context in
            try answer(context.method)
            return IngestEventsResponse()
        }
        router.register(TenantServiceMethods.CreateMember.self) { _, context in
            try answer(context.method)
            return Member()
        }
        describe(in: &router)
        try await TestServer.run(.loopback(), router: router) { server in
            try await kind.use(PeerOptions(address: server.address)) { peer in
                for method in TypedMethod.allCases {
                    let outcome = try await peer.call(method)
                    let isDeclared = method != .createMember
                    #expect(outcome.code == (isDeclared ? 0 : 14), "\(method): \(outcome)")
                    #expect(counts.withLock { $0[method.name] } == (isDeclared ? 3 : 1))
                }
            }
        }
    }

    private static func describe(in router: inout RPCRouter) {
        router.register(ReflectionServiceMethods.GetSchema.self) { _, _ in
            GetSchemaResponse(fileDescriptorSet: TallySchema.fileDescriptorSet)
        }
    }
}
