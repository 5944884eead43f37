import API
import Testing
import Wire

@Suite struct MessageCodingTests {
    @Test func everyKindOfFieldSurvivesTheRoundTrip() throws {
        let event = Event(
            id: "e-1", source: "gateway", time: Timestamp(seconds: -5, nanos: 7),
            provider: "openai", model: "gpt-5.4 ü 漢",
            quantities: [
                Quantity(quantityClass: "input", amount: .max),
                Quantity(quantityClass: "output", amount: .min),
            ], usageState: .partial, attempt: -1, tags: [Tag(key: "a", value: "")])
        let request = IngestEventsRequest(events: [event, Event()])
        #expect(try IngestEventsRequest(serialized: request.serialized()) == request)
    }

    @Test func oneofsKeepEmptyAndAbsentApart() throws {
        for target in [
            AllocationRule.Target.unit(""), .unit("sales"),
            .split(Split(method: .even, units: ["a", ""])), .split(Split()), nil,
        ] {
            let rule = AllocationRule(id: "r", target: target)
            #expect(try AllocationRule(serialized: rule.serialized()) == rule)
        }
    }

    @Test func enumValuesOfANewerContractSurvive() throws {
        for number in [Int32.min, -1, 77, .max] {
            let member = Member(roles: [Role(rawValue: number)])
            #expect(try Member(serialized: member.serialized()).roles == member.roles)
        }
    }

    @Test func textThatIsNotUTF8IsRefusedByField() throws {
        #expect(throws: WireError.notUTF8(message: "tally.v1.Member", field: "email")) {
            try Member(serialized: [0x12, 0x02, 0xc3, 0x28])
        }
    }

    /// protobuf-c would end the string at the zero byte and take two ids for one.
    @Test func textWithAZeroByteIsRefusedAndNumbersWithOneAreNot() throws {
        #expect(throws: WireError.malformed(message: "tally.v1.IngestEventsRequest")) {
            try IngestEventsRequest(serialized: [0x0a, 0x05, 0x0a, 0x03, 0x61, 0x00, 0x62])
        }
        // An explicit zero of event.total_tokens.
        let request = try IngestEventsRequest(serialized: [0x0a, 0x02, 0x58, 0x00])
        #expect(request.events == [Event()])
    }

    @Test func theSchemaNamesEveryMethod() {
        #expect(TallySchema.methodNames.contains("tally.v1.IngestionService/IngestEvents"))
        #expect(
            IngestionServiceMethods.IngestEvents.name == "tally.v1.IngestionService/IngestEvents")
    }
}
