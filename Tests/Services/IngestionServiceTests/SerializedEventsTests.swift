import API
import Core
import Domain
import Ledger
import Postgres
import TestSupport
import Testing
import Wire

@testable import IngestionService

/// Events that are read where they lie in a request are answered, and recorded, as messages are.
struct SerializedEventsTests {
    private static let changes: [@Sendable (inout Event) -> Void] = [
        { _ in }, { $0.user = "anna@example.com" }, { $0.team = "platform" },
        { $0.tags = [Tag(key: "a", value: "1"), Tag(key: "b", value: "")] },
        { $0.model = "" }, { $0.tags = [Tag(key: "a"), Tag(key: "a")] }, { $0.id = "" },
        { $0.id = "a\u{7}" }, { $0.session = "s" }, { $0.run = "\u{202E}" }, { $0.time = nil },
        { $0.time = Timestamp(seconds: .max) }, { $0.time = Timestamp(seconds: 1) },
        { $0.totalTokens = 99 }, { $0.latencyMs = -1 }, { $0.attempt = -1 },
        { $0.status = .aborted }, { $0.status = EventStatus(rawValue: 9) },
        { $0.usageState = .partial }, { $0.usageState = .missing },
        { $0.usageState = UsageState(rawValue: 9) },
        {
            $0.quantities = []
            $0.totalTokens = 0
            $0.usageState = .pending
        },
        { $0.quantities.append($0.quantities[0]) }, { $0.quantities[0].amount = -1 },
        { $0.quantities[0].quantityClass = "Input" },
        { $0.quantities.append(API.Quantity(quantityClass: "image", amount: 2)) },
        { $0.connection = "none" }, { $0.connection = ConnectionID.make().text },
        { $0.providerRequestID = "call" }, { $0.providerCost = API.Money(amount: "x") },
        {
            $0.quantities = []
            $0.totalTokens = 0
            $0.usageObject = #"{"prompt_tokens":1,"completion_tokens":1}"#
            $0.usageFormat = .openaiChat
        }, { $0.usageFormat = .gemini },
    ]

    private static func events(_ round: Int) -> [Event] {
        changes.enumerated().map { index, change in
            LedgerEventWireTests.event {
                $0.id = "\(round)/\(index)"
                change(&$0)
            }
        }
    }

    /// At first, and where their dimensions are known; and each way knows again what came the other.
    @Test func eventsReadWhereTheyLieAreAnsweredAsMessages() async throws {
        try await ServiceFixture.with { fixture in
            let asMessages = try await fixture.makeCall("messages")
            let lying = try await fixture.makeCall("lying")
            for round in 0..<2 {
                let request = IngestEventsRequest(events: Self.events(round))
                let expected = try await fixture.ingest.answer(request, asMessages)
                let answer = try IngestEventsResponse(
                    serialized: await fixture.ingest.answer(
                        serialized: request.serialized(), lying))
                #expect(answer == expected)
                #expect(Set(answer.results.map(\.outcome)) == [.accepted, .rejected])
            }
            let session = try await fixture.database.session()
            let rows = try await ["messages", "lying"].asyncMap {
                try await session.texts(
                    """
                    SELECT e.entry_id, e.event_time, e.source, e.event_id, e.amount_picos, e.input,
                        e.output, e.usage_state, e.status, e.other_quantities, e.session,
                        e.dimension_set_id
                    FROM ledger_entries AS e JOIN organizations AS o ON o.id = e.org_id
                    WHERE o.slug = '\($0)' ORDER BY e.entry_id
                    """)
            }
            await session.close()
            #expect(rows[0] == rows[1] && rows[0].count > 20)
            let request = IngestEventsRequest(events: Self.events(0))
            for answer in try await [
                fixture.ingest.answer(request, lying),
                IngestEventsResponse(
                    serialized: fixture.ingest.answer(
                        serialized: request.serialized(), asMessages)),
            ] { #expect(Set(answer.results.map(\.outcome)) == [.duplicate, .rejected]) }
        }
    }

    /// Where all events are accepted and priced, no message is made for each of them; the bytes are the same.
    @Test func theAnswerIsTheSameHoweverItIsMade() async throws {
        try await ServiceFixture.with { fixture in
            func answers(
                _ events: [API.Event]
            ) async throws -> (made: [UInt8], serialized: [UInt8], results: [EventResult]) {
                let request = IngestEventsRequest(events: events)
                let name = "sender-\(events.count)-\(events.last?.model ?? "")"
                let made = try await fixture.ingest.answer(
                    request, try await fixture.makeCall("\(name)-a"))
                let serialized = try await fixture.ingest.answer(
                    serialized: request.serialized(), try await fixture.makeCall("\(name)-b"))
                return (made.serialized(), serialized, made.results)
            }
            func events(_ count: Int) -> [API.Event] {
                (0..<count).map { id in LedgerEventWireTests.event { $0.id = "\(id)" } }
            }
            for count in [1, 300] {
                let (made, serialized, results) = try await answers(events(count))
                #expect(made == serialized)
                #expect(
                    results
                        == Array(repeating: EventResult(outcome: .accepted), count: count))
            }
            let unpriced = LedgerEventWireTests.event {
                $0.id = "unpriced"
                $0.model = "gpt-99"
            }
            let (made, serialized, results) = try await answers(events(3) + [unpriced])
            #expect(made == serialized)
            #expect(results.map(\.unpriced) == [false, false, false, true])
        }
    }

    @Test func whatIsNoRequestIsRefusedWhole() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let good = IngestEventsRequest(events: [LedgerEventWireTests.event()]).serialized()
            // An id that is not UTF-8, one with a zero byte, and an event that is cut off.
            for bad in [[0x0a, 0x02, 0xc3, 0x28], [0x0a, 0x01, 0x00], [0x0a, 0x05]] as [[UInt8]] {
                await #expect(throws: WireError.self) {
                    _ = try await fixture.ingest.answer(
                        serialized: good + [0x0a, UInt8(bad.count)] + bad, call)
                }
            }
            #expect(try await fixture.count("ledger_entries") == 0)
            await #expect(throws: ServiceError(.invalidArgument, "EVENTS_MISSING", "")) {
                _ = try await fixture.ingest.answer(serialized: [], call)
            }
        }
    }

    private static func read(
        _ events: SentEvents, of organization: OrganizationID, _ dimensions: KnownDimensions
    ) throws -> [Result<LedgerEvent, ServiceError>] {
        var reader = EventReader(
            of: organization, eventCount: events.count, dimensions: dimensions,
            now: LedgerEventWireTests.now, keptFrom: nil)
        return try reader.read(events, at: 0..<events.count).reversed()
    }

    /// One object for the same dimensions that come the same way, and none across organizations.
    @Test func dimensionsAreKnownAgain() throws {
        let dimensions = KnownDimensions()
        func read(_ events: SentEvents, of organization: OrganizationID) throws -> [LedgerEvent] {
            try Self.read(events, of: organization, dimensions).map { try $0.get() }
        }
        let organization = OrganizationID.make()
        let events = ["1", "2"].map { id in LedgerEventWireTests.event { $0.id = id } }
        let request = IngestEventsRequest(events: events).serialized()
        let lying = try read(try SentEvents(serialized: request), of: organization)
        #expect(dimensions.count == 1)
        let messages = try read(.messages(events), of: organization)
        #expect(lying == messages)
        #expect(lying.allSatisfy { $0.shared === lying[0].shared })
        #expect(messages.allSatisfy { $0.shared === messages[0].shared })
        let other = try read(try SentEvents(serialized: request), of: .make())
        #expect(other[0].shared !== lying[0].shared && other == lying)
    }

    /// A large call finds the dimensions that it brought before at hand: each event its own, one object for the same.
    @Test(arguments: [1, 40, 700]) func largeCallsFindTheirOwnDimensions(setCount: Int) throws {
        let organization = OrganizationID.make()
        let events = (0..<1000).map { number in
            LedgerEventWireTests.event {
                $0.id = "\(number)"
                $0.team = "team-\(number &* 7919 % setCount)"
                $0.user = number.isMultiple(of: 3) ? "user-\(number % 5)" : ""
            }
        }
        let request = IngestEventsRequest(events: events).serialized()
        for sent in [try SentEvents(serialized: request), .messages(events)] {
            var objects: [DimensionSet: SharedDimensions] = [:]
            let dimensions = KnownDimensions()
            for _ in 0..<2 {
                let read = try Self.read(sent, of: organization, dimensions)
                #expect(read.count == events.count)
                for (event, result) in zip(events, read) {
                    let found = try result.get()
                    #expect(found.id == event.id)
                    #expect(found.dimensions.team == event.team)
                    #expect(found.dimensions.user == event.user)
                    let object = objects[found.dimensions] ?? found.shared
                    objects[found.dimensions] = object
                    #expect(found.shared === object)
                }
            }
        }
    }

    /// Keys of one hash are told apart, and of several that would have the same places the last ones are there.
    @Test func keysOfOneHashAreToldApart() {
        let organization = OrganizationID.make()
        let all = (0..<5).map { number in
            let event = LedgerEventWireTests.event { $0.team = "\(number)" }
            return (
                key: KnownDimensions.Key(event, of: organization),
                dimensions: SharedDimensions(DimensionSet(provider: "p", model: "\(number)"))
            )
        }
        for hash in [0, 1, 4095, UInt64.max] {
            var recent = RecentDimensions()
            for (number, (key, dimensions)) in all.enumerated() {
                #expect(recent.find(key, hash: hash) == nil)
                recent.remember(dimensions, as: key, hash: hash)
                for (key, other) in all[...number] {
                    let found = recent.find(key, hash: hash)
                    #expect(found == nil || found === other)
                    #expect(recent.find(key, hash: hash ^ 1) == nil)
                }
                #expect(recent.find(key, hash: hash) === dimensions)
                if number == 1 { #expect(recent.find(all[0].key, hash: hash) != nil) }
            }
        }
        #expect(Set(all.map(\.key.quickHash)).count == all.count)
    }

    /// What is remembered for the bytes of an event is found only by reading it where it lies: here it is another
    /// event's, and so betrays whoever did not look.
    @Test func knownDimensionsAreNotReadAnew() throws {
        let dimensions = KnownDimensions()
        let organization = OrganizationID.make()
        let event = LedgerEventWireTests.event()
        let other = SharedDimensions(
            try LedgerEvent(
                wire: LedgerEventWireTests.event { $0.team = "other" },
                now: LedgerEventWireTests.now
            ).shared.set)
        var key = KnownDimensions.Key()
        let scanned = event.serialized().withUnsafeBytes {
            key.become(ofEvent: $0, of: organization)
        }
        #expect(scanned != nil)
        dimensions.remember(other, as: key)
        let request = IngestEventsRequest(events: [event]).serialized()
        let lying = try Self.read(try SentEvents(serialized: request), of: organization, dimensions)
        #expect(try lying[0].get().shared === other)
        let messages = try Self.read(.messages([event]), of: organization, dimensions)
        #expect(try messages[0].get().shared.set.team != "other")
    }

    /// A long event before it does not make another's key hold as much.
    @Test func keysTakeNoMoreMemoryThanTheyNeed() throws {
        let long = LedgerEventWireTests.event { $0.team = String(repeating: "x", count: 1 << 20) }
        let events = [long, LedgerEventWireTests.event()]
        let request = IngestEventsRequest(events: events).serialized()
        for sent in [.messages(events), try SentEvents(serialized: request)] {
            let dimensions = KnownDimensions()
            let read = try Self.read(sent, of: .make(), dimensions)
            #expect(throws: ServiceError.self) { try read[0].get() }
            _ = try read[1].get()
            #expect(dimensions.count == 1)
            #expect(dimensions.keyCapacity < 512)
        }
    }

    /// What stands behind a short key is longer.
    @Test func shortKeysAreForgottenByWhatStandsBehindThem() throws {
        let dimensions = KnownDimensions(byteCountMax: 64 * 1024)
        let organization = OrganizationID.make()
        for number in 0..<1000 {
            let event = LedgerEventWireTests.event { $0.team = "\(number)" }
            _ = try Self.read(.messages([event]), of: organization, dimensions)[0].get()
            #expect(dimensions.count <= 64)
        }
        #expect(dimensions.count > 0)
    }

    /// Nobody fills the memory of all with connections that are not theirs.
    @Test func dimensionsOfRefusedConnectionsAreNotRemembered() async throws {
        try await ServiceFixture.with { fixture in
            let call = try await fixture.makeCall()
            let own = try await fixture.makeConnection(provider: "openai", call)
            let mismatched = try await fixture.makeConnection(provider: "anthropic", call)
            func ingest(_ connections: [String]) async throws -> [EventResult] {
                let events = connections.enumerated().map { index, connection in
                    LedgerEventWireTests.event {
                        $0.id = "\(index)"
                        $0.connection = connection
                    }
                }
                let request = IngestEventsRequest(events: events)
                let answer = try IngestEventsResponse(
                    serialized: await fixture.ingest.answer(
                        serialized: request.serialized(), call))
                #expect(
                    try await fixture.ingest.answer(request, call).results.count == events.count)
                return answer.results
            }
            let refused = try await ingest([mismatched, ConnectionID.make().text])
            #expect(
                refused.map(\.reason) == ["CONNECTION_PROVIDER_MISMATCH", "CONNECTION_NOT_FOUND"])
            #expect(fixture.dimensions.count == 0)
            // Read where they lie, and as messages.
            #expect(try await ingest([own, own, mismatched]).map(\.outcome).first == .accepted)
            #expect(fixture.dimensions.count == 2)
        }
    }
}

extension Array {
    fileprivate func asyncMap<Value>(
        _ body: (Element) async throws -> Value
    ) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
