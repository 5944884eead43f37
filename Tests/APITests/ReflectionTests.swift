import API
import FuzzTargets
import Testing
import Wire

@Suite struct ReflectionTests {
    let schema: ReflectedSchema

    init() throws {
        schema = try ReflectedSchema(fileDescriptorSet: TallySchema.fileDescriptorSet)
    }

    /// Two codecs that share no code, the generated one over protobuf-c and the reflected one, must
    /// give the same bytes and the same values.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func bothCodecsAgreeOnEveryMessage(seed: UInt64) throws {
        var random = RandomJSON(schema: schema, random: SplitMix(seed: seed))
        for type in EveryMessage.types {
            let json = try random.message(type.messageName)
            let bytes = try schema.encode(json, as: type.messageName)
            #expect(try schema.decode(bytes, as: type.messageName) == json)
            let again = try Self.repacked(bytes, as: type)
            #expect(again == bytes, "\(type.messageName), seed \(seed)")
        }
    }

    private static func repacked<Message: WireMessage>(
        _ bytes: [UInt8], as _: Message.Type
    ) throws -> [UInt8] {
        let message = try Message(serialized: bytes)
        // The values must be all there, not only the bytes.
        #expect(try Message(serialized: message.serialized()) == message)
        return message.serialized()
    }

    @Test func theTestsKnowEveryMessage() throws {
        let known = Set(EveryMessage.types.map { $0.messageName })
        let set = try DescriptorSet(serialized: TallySchema.fileDescriptorSet)
        let declared = set.files.filter { $0.packageName == "tally.v1" }.flatMap(\.messages)
        #expect(known == Set(declared.flatMap(\.withNested).map(\.fullName)))
    }

    @Test func namesOfBothKindsAndNumbersOfBothKindsAreTaken() throws {
        let camel = try JSONValue(parsing: #"{"events":[{"totalTokens":"7","latencyMs":8}]}"#)
        let snake = try JSONValue(parsing: #"{"events":[{"total_tokens":7,"latency_ms":"8"}]}"#)
        let name = IngestEventsRequest.messageName
        let bytes = try schema.encode(camel, as: name)
        #expect(try schema.encode(snake, as: name) == bytes)
        let request = try IngestEventsRequest(serialized: bytes)
        #expect(request.events == [Event(totalTokens: 7, latencyMs: 8)])
    }

    @Test(arguments: [
        (#"{"evnts":[]}"#, "evnts", "no such field"),
        (#"{"events":[{},{"modle":"x"}]}"#, "events[1].modle", "no such field"),
        (#"{"events":{}}"#, "events", "should be an array"),
        (#"{"events":[{"id":7}]}"#, "events[0].id", "should be a string"),
        (#"{"events":[{"attempt":2147483648}]}"#, "events[0].attempt", "whole number"),
        (#"{"events":[{"attempt":1.5}]}"#, "events[0].attempt", "whole number"),
        (#"{"events":[{"status":"OK"}]}"#, "events[0].status", "EVENT_STATUS_OK"),
        (#"{"events":[{"time":"2026-01-01T00:00:00"}]}"#, "events[0].time", "zone"),
        (#"{"events":[{"time":"2026-02-30T00:00:00Z"}]}"#, "events[0].time", "RFC 3339"),
        (#"{"events":[{"id":"a\u0000b"}]}"#, "events[0].id", "zero character"),
        (#"{"events":[{"apiKeyId":"a","api_key_id":"b"}]}"#, "events[0].api_key_id", "twice"),
        (#"{"events":[null]}"#, "events[0]", "should be an object"),
    ])
    func whatDoesNotFitIsRefusedAtItsPath(json: String, path: String, words: String) throws {
        let value = try JSONValue(parsing: json)
        let error = #expect(throws: ReflectionError.self) {
            try schema.encode(value, as: IngestEventsRequest.messageName)
        }
        #expect(error?.path == path)
        #expect(error?.problem.contains(words) == true, "\(String(describing: error))")
    }

    @Test func aOneofTakesOneOfItsFields() throws {
        let both = try JSONValue(parsing: #"{"id":"r","unit":"a","split":{}}"#)
        #expect(throws: ReflectionError("excludes unit: give one of them", at: "split")) {
            try schema.encode(both, as: AllocationRule.messageName)
        }
        let empty = try JSONValue(parsing: #"{"unit":""}"#)
        let bytes = try schema.encode(empty, as: AllocationRule.messageName)
        #expect(try AllocationRule(serialized: bytes).target == .unit(""))
        #expect(try schema.decode(bytes, as: AllocationRule.messageName) == empty)
    }

    @Test func onTheWireTheLastFieldOfAOneofCounts() throws {
        let bytes =
            AllocationRule(target: .unit("a")).serialized()
            + AllocationRule(target: .split(Split(method: .even))).serialized()
        let rule = try AllocationRule(serialized: bytes)
        #expect(rule.target == .split(Split(method: .even)))
        let json = try schema.decode(bytes, as: AllocationRule.messageName)
        #expect(try schema.encode(json, as: AllocationRule.messageName) == rule.serialized())
    }

    @Test func partsOfAMessageMerge() throws {
        let bytes =
            Event(time: Timestamp(seconds: 1)).serialized()
            + Event(time: Timestamp(nanos: 500_000_000)).serialized()
        let expected = try JSONValue(parsing: #"{"time":"1970-01-01T00:00:01.500Z"}"#)
        #expect(try schema.decode(bytes, as: Event.messageName) == expected)
    }

    @Test func fieldsOfANewerContractAreLeftOut() throws {
        var bytes = Tag(key: "k", value: "v").serialized()
        bytes += [0xa2, 0x06, 0x01, 0x07]
        let expected = try JSONValue(parsing: #"{"key":"k","value":"v"}"#)
        #expect(try schema.decode(bytes, as: Tag.messageName) == expected)
    }

    @Test func methodsAreFoundByShortNamesThatMeanOne() throws {
        let full = "tally.v1.TenantService/ListTokens"
        for name in [full, "TenantService/ListTokens", "ListTokens"] {
            #expect(try schema.method(named: name).fullName == full)
        }
        #expect(throws: ReflectionError.self) { try schema.method(named: "Tokens") }
    }

    @Test func commentsComeWithTheSchema() throws {
        let method = try schema.method(named: "IngestEvents")
        #expect(method.comment.hasPrefix("Records 1 to 10,000 events."))
        let event = try schema.message(named: "tally.v1.Event")
        #expect(event.fields.first?.comment.contains("Unique per organization") == true)
        let status = try #require(schema.enumeration(named: "tally.v1.EventStatus"))
        #expect(status.values.first?.comment == "Same as EVENT_STATUS_OK.")
    }

    /// Each cut of a message either parses or is refused; none crashes or hangs.
    @Test func truncatedAndFlippedBytesAreRefusedOrParsed() throws {
        var json = RandomJSON(schema: schema, random: SplitMix(seed: 4))
        let name = IngestEventsRequest.messageName
        let bytes = try schema.encode(try json.message(name), as: name)
        var random = SplitMix(seed: 5)
        for cut in 0..<min(bytes.count, 400) {
            var broken = Array(bytes.prefix(cut))
            if !broken.isEmpty {
                let place = Int.random(in: 0..<broken.count, using: &random)
                broken[place] = UInt8.random(in: 0...255, using: &random)
            }
            let reflected = try? schema.decode(broken, as: name)
            let generated = try? IngestEventsRequest(serialized: broken)
            if let reflected, let generated, let again = try? schema.encode(reflected, as: name) {
                #expect(again == generated.serialized())
            }
        }
    }
}
