import API
import Core
import Postgres
import TallyClient
import TestSupport
import Testing

@testable import Server

/// Streams of events against a whole server, cut off wherever it hurts.
@Suite struct EventStreamTests {
    private typealias Method = IngestionServiceMethods.StreamEvents

    private static func batch(_ number: Int, size: Int = 20) -> [Event] {
        (0..<size).map { index in
            Event(
                id: "\(number)/\(index)", source: "gateway",
                time: Timestamp(seconds: 1_793_000_000 + Int64(number), nanos: 0),
                provider: "openai", model: "gpt-4.1",
                quantities: [Quantity(quantityClass: "input", amount: 1_000)])
        }
    }

    /// Sends batches by their numbers; says which were answered, and how each event was.
    private static func send(
        _ numbers: [Int], by client: Client,
        answered: @escaping @Sendable (Int, StreamEventsResponse) async throws -> Void
    ) async throws {
        try await client.bidirectionalStreaming(Method.self) { writer, responses in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for number in numbers {
                        try await writer.send(
                            StreamEventsRequest(
                                sequence: Int64(number), events: batch(number)))
                    }
                    writer.finish()
                }
                for try await response in responses {
                    try await answered(Int(response.sequence), response)
                }
                try await group.waitForAll()
            }
        }
    }

    private struct Cut: Error {}

    /// The client is cut off, or the server's database, after each few answers: whoever sends again what
    /// had no answer has each event once, and what had one stays.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func brokenStreamsCountEachEventOnce(seed: UInt64) async throws {
        try await ServerHarness.with { harness in
            let token = try await harness.organization("acme")
            let session = try await harness.database.session()
            var random = SeededRandom(seed: seed)
            var rest = Array(1...40)
            var cuts = 0
            while !rest.isEmpty {
                let client = harness.client(token: token)
                let answers = Answers()
                let limit = Int.random(in: 0...8, using: &random)
                let isOfDatabase = cuts > 0 && Bool.random(using: &random)
                do {
                    let numbers = rest
                    try await Self.send(numbers, by: client) { number, response in
                        let count = await answers.add(number)
                        #expect(
                            response.results.allSatisfy {
                                [.accepted, .duplicate].contains($0.outcome)
                            })
                        guard count > limit else { return }
                        if !isOfDatabase { throw Cut() }
                        try await session.execute(
                            """
                            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                            WHERE datname = current_database() AND pid <> pg_backend_pid()
                                AND application_name = 'tally-server'
                            """)
                    }
                } catch is Cut {
                    cuts += 1
                } catch is TallyError {
                    cuts += 1
                }
                let answered = await answers.numbers
                // In order, without a gap.
                #expect(answered == Array(rest.prefix(answered.count)))
                let entries = try await session.texts(
                    "SELECT count(*), count(DISTINCT event_id) FROM ledger_entries")
                let count = Int(entries[0][0] ?? "") ?? 0
                #expect(entries[0][0] == entries[0][1])
                #expect(count >= (40 - rest.count + answered.count) * 20)
                rest.removeFirst(answered.count)
                await client.close()
            }
            #expect(cuts > 0)
            let entries = try await session.texts(
                "SELECT count(*), count(DISTINCT event_id) FROM ledger_entries")
            #expect(entries == [["800", "800"]])
            await session.close()
        }
    }

    private actor Answers {
        private(set) var numbers: [Int] = []

        func add(_ number: Int) -> Int {
            numbers.append(number)
            return numbers.count
        }
    }

    /// A quota ends the stream with its reason; what was answered before stays.
    @Test func theQuotaEndsTheStream() async throws {
        try await ServerHarness.with(["TALLY_PLAN_EVENTS_PER_DAY_MAX": "50"]) { harness in
            let owner = harness.client(token: try await harness.organization("acme"))
            let answers = Answers()
            let error = await #expect(throws: TallyError.self) {
                try await Self.send([1, 2, 3, 4], by: owner) { number, _ in
                    _ = await answers.add(number)
                }
            }
            #expect(error?.reason == "EVENTS_PER_DAY_EXCEEDED")
            // Of those under way any may be recorded first: two of them fit into the day.
            let answered = await answers.numbers
            #expect(answered == Array([1, 2].prefix(answered.count)))
            let session = try await harness.database.session()
            let entries = try await session.texts("SELECT count(*) FROM ledger_entries")
            #expect(entries == [["40"]])
            await session.close()
            await owner.close()
        }
    }

    /// A token with a quota is refused what would be more, and told until when; whatever comes by another
    /// token is recorded, beside it and in the same commit.
    @Test func tokensKeepToTheirQuotaOfEvents() async throws {
        try await ServerHarness.with { harness in
            let owner = harness.client(token: try await harness.organization("acme"))
            let made = try await owner.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(displayName: "Batch", roles: [.ingest], eventsPerDayMax: 10))
            #expect(made.token?.eventsPerDayMax == 10)
            let limited = harness.client(token: made.secret)
            let ingest = { @Sendable (client: Client, call: Int) in
                try await Self.ingest(call, by: client)
            }
            let refused = try await withThrowingTaskGroup(of: String.self) { tasks in
                for call in 0..<10 {
                    tasks.addTask {
                        do {
                            try await ingest(call < 5 ? limited : owner, call)
                            return ""
                        } catch let error as TallyError {
                            #expect(error.retryAfter != nil)
                            return error.reason
                        }
                    }
                }
                return try await tasks.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(refused.count { $0 == "TOKEN_EVENTS_PER_DAY_EXCEEDED" } == 3)
            #expect(refused.count { $0.isEmpty } == 7)
            let rotated = try await owner.call(
                TenantServiceMethods.RotateToken.self,
                RotateTokenRequest(id: made.token?.id ?? "", overlap: .overlapSeconds(60)))
            #expect(rotated.token?.eventsPerDayMax == 10)
            // Whoever comes in its place goes on with its count.
            let successor = harness.client(token: rotated.secret)
            let error = await #expect(throws: TallyError.self) { try await ingest(successor, 10) }
            #expect(error?.reason == "TOKEN_EVENTS_PER_DAY_EXCEEDED")
            #expect(error?.message.contains("shares its count") == true)
            // So does what a token makes that has a quota: it cannot make itself another one.
            let admin = try await owner.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(displayName: "Admin", roles: [.owner], eventsPerDayMax: 6))
            let lesser = try await owner.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(displayName: "Lesser", roles: [.ingest], eventsPerDayMax: 5))
            let parent = harness.client(token: admin.secret)
            try await ingest(parent, 11)
            let child = try await parent.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(displayName: "Child", roles: [.ingest], eventsPerDayMax: 6))
            let heir = harness.client(token: child.secret)
            let ofHeir = await #expect(throws: TallyError.self) { try await ingest(heir, 12) }
            #expect(ofHeir?.reason == "TOKEN_EVENTS_PER_DAY_EXCEEDED")
            // Nor takes it over the count of another one; its own, and what counts with it, it renews.
            let foreign = await #expect(throws: TallyError.self) {
                try await parent.call(
                    TenantServiceMethods.RotateToken.self,
                    RotateTokenRequest(id: lesser.token?.id ?? ""))
            }
            #expect(foreign?.reason == "EVENTS_PER_DAY_BEYOND_CALLER")
            // It ends soon itself then, so what is to last is made before.
            let frontend = try await parent.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(
                    displayName: "Frontend", roles: [.frontend], eventsPerDayMax: 6))
            for id in [child.token?.id, admin.token?.id] {
                _ = try await parent.call(
                    TenantServiceMethods.RotateToken.self,
                    RotateTokenRequest(id: id ?? "", overlap: .overlapSeconds(60)))
            }
            // Nor by a frontend's, for an owner without a quota.
            let acting = harness.client(token: frontend.secret)
            let asOwner = CallOptions(metadata: ["tally-on-behalf-of": "owner@acme.example"])
            let make = { @Sendable (quota: Int64) in
                try await acting.call(
                    TenantServiceMethods.CreateToken.self,
                    CreateTokenRequest(
                        displayName: "Grandchild", roles: [.ingest], eventsPerDayMax: quota),
                    options: asOwner)
            }
            let unlimited = await #expect(throws: TallyError.self) { try await make(0) }
            #expect(unlimited?.reason == "EVENTS_PER_DAY_BEYOND_CALLER")
            let alien = await #expect(throws: TallyError.self) {
                try await acting.call(
                    TenantServiceMethods.RotateToken.self,
                    RotateTokenRequest(id: lesser.token?.id ?? ""), options: asOwner)
            }
            #expect(alien?.reason == "EVENTS_PER_DAY_BEYOND_CALLER")
            let last = harness.client(token: try await make(6).secret)
            for (client, options) in [(acting, asOwner), (last, CallOptions())] {
                let error = await #expect(throws: TallyError.self) {
                    try await Self.ingest(13, by: client, options)
                }
                #expect(error?.reason == "TOKEN_EVENTS_PER_DAY_EXCEEDED")
            }
            for client in [last, acting, heir, parent, successor, limited, owner] {
                await client.close()
            }
        }
    }

    /// Four events of a call's own.
    private static func ingest(
        _ call: Int, by client: Client, _ options: CallOptions = CallOptions()
    ) async throws {
        _ = try await client.call(
            IngestionServiceMethods.IngestEvents.self,
            IngestEventsRequest(
                events: (0..<4).map { number in
                    Event(
                        id: "\(call)-\(number)", source: "gateway",
                        time: Timestamp(seconds: 1_793_800_000), provider: "openai",
                        model: "gpt-4.1",
                        quantities: [Quantity(quantityClass: "input", amount: 10)])
                }), options: options)
    }

    /// Who loses the right to send loses the stream, too.
    @Test func revokedTokensEndTheStream() async throws {
        try await ServerHarness.with { harness in
            let owner = harness.client(token: try await harness.organization("acme"))
            let made = try await owner.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(displayName: "Gateway", roles: [.gateway]))
            let gateway = harness.client(token: made.secret)
            let error = await #expect(throws: TallyError.self) {
                try await gateway.bidirectionalStreaming(Method.self) { writer, responses in
                    try await writer.send(
                        StreamEventsRequest(sequence: 1, events: Self.batch(1)))
                    for try await response in responses {
                        #expect(response.sequence == 1)
                        _ = try await owner.call(
                            TenantServiceMethods.RevokeToken.self,
                            RevokeTokenRequest(id: made.token?.id ?? ""))
                    }
                }
            }
            #expect(error?.reason == "TOKEN_REVOKED")
            await gateway.close()
            await owner.close()
        }
    }
}
