import API
import Core
import Domain
import Testing

@testable import IngestionService
@testable import Ledger

struct LedgerEventWireTests {
    static let now = Instant(seconds: 1_795_233_600)

    static func event(_ change: (inout Event) -> Void = { _ in }) -> Event {
        var event = Event(
            id: "1", source: "gateway", time: Timestamp(now), provider: "openai",
            model: "gpt-6-sol",
            quantities: [
                API.Quantity(quantityClass: "input", amount: 10),
                API.Quantity(quantityClass: "output", amount: 5),
            ], totalTokens: 15)
        change(&event)
        return event
    }

    private static func refusal(_ event: Event) -> String {
        do {
            _ = try LedgerEvent(wire: event, now: now)
            return "accepted"
        } catch {
            return "\(error.reason.rawValue) \(error.field ?? "")"
        }
    }

    private static func repeated(_ count: Int) -> String { String(repeating: "x", count: count) }

    @Test func defaultsAreFilledIn() throws {
        let event = try LedgerEvent(wire: Self.event(), now: Self.now)
        #expect(event.dimensions.operation == "chat")
        #expect(event.dimensions.serviceTier == "standard")
        #expect(event.dimensions.source == "gateway")
        #expect(event.state == .reported && event.status == .ok)
        #expect(event.quantities.totalTokens == 15)
    }

    /// Each limit at its last valid and first invalid value, with the reason and the field.
    @Test func refusesWithReasonAndField() {
        let id = ConnectionID.make().text
        let counted = (0..<32).map { API.Quantity(quantityClass: "q\($0)", amount: 1) }
        let tags = (0..<64).map { Tag(key: "k\($0)", value: Self.repeated(256)) }
        let cases: [(expected: String, change: (inout Event) -> Void)] = [
            ("FIELD_MISSING id", { $0.id = "" }),
            ("accepted", { $0.id = Self.repeated(200) }),
            ("FIELD_TOO_LONG id", { $0.id = Self.repeated(201) }),
            ("FIELD_HAS_CONTROL_CHARACTERS id", { $0.id = "a\0" }),
            ("FIELD_HAS_INVISIBLE_CHARACTERS id", { $0.id = "a\u{202E}" }),
            ("FIELD_MISSING source", { $0.source = "" }),
            ("FIELD_TOO_LONG source", { $0.source = Self.repeated(101) }),
            ("SOURCE_RESERVED source", { $0.source = "tally:report/\(id)/usage" }),
            ("SOURCE_RESERVED source", { $0.source = "tally:" }),
            // A letter that joins the colon makes one character of both, but no other bytes.
            ("SOURCE_RESERVED source", { $0.source = "tally:\u{301}" }),
            ("accepted", { $0.source = "tally" }),
            ("accepted", { $0.source = "\(id)/usage" }),
            ("EVENT_TIME_MISSING time", { $0.time = nil }),
            ("TIMESTAMP_OUT_OF_RANGE time", { $0.time = Timestamp(seconds: 0, nanos: -1) }),
            ("accepted", { $0.time = Timestamp(Self.now.advanced(bySeconds: 300)) }),
            (
                "EVENT_TIME_IN_FUTURE time",
                { $0.time = Timestamp(Self.now.advanced(byMicroseconds: 300_000_001)) }
            ),
            ("accepted", { $0.time = Timestamp(Self.now.advanced(bySeconds: -94_867_200)) }),
            (
                "EVENT_TOO_OLD time",
                { $0.time = Timestamp(Self.now.advanced(bySeconds: -94_867_201)) }
            ),
            ("FIELD_MISSING provider", { $0.provider = "" }),
            ("FIELD_MISSING model", { $0.model = "" }),
            ("FIELD_TOO_LONG model", { $0.model = Self.repeated(201) }),
            ("FIELD_TOO_LONG user", { $0.user = Self.repeated(201) }),
            ("FIELD_HAS_CONTROL_CHARACTERS run", { $0.run = "\0" }),
            ("FIELD_HAS_CONTROL_CHARACTERS user", { $0.user = "a\nb" }),
            ("FIELD_HAS_INVISIBLE_CHARACTERS team", { $0.team = "a\u{200B}b" }),
            ("accepted", { $0.customer = "\u{645}\u{6CC}\u{200C}\u{62E}" }),
            (
                "accepted",
                {
                    $0.quantities = counted; $0.totalTokens = 0
                }
            ),
            ("QUANTITIES_TOO_MANY quantities", { $0.quantities += counted }),
            (
                "QUANTITY_CLASS_MALFORMED quantities[0].quantity_class",
                { $0.quantities[0].quantityClass = "Input" }
            ),
            (
                "DUPLICATE_QUANTITY_CLASS quantities[1].quantity_class",
                { $0.quantities[1].quantityClass = "input" }
            ),
            ("NEGATIVE_QUANTITY quantities[1].amount", { $0.quantities[1].amount = -1 }),
            (
                "accepted",
                {
                    $0.quantities[1].amount = 1_000_000_000_000; $0.totalTokens = 0
                }
            ),
            (
                "QUANTITY_OUT_OF_RANGE quantities[1].amount",
                { $0.quantities[1].amount = 1_000_000_000_001 }
            ),
            ("accepted", { $0.operation = "realtime" }),
            ("accepted", { $0.operation = "video.v2_generate-hd" }),
            ("accepted", { $0.operation = Self.repeated(64) }),
            ("OPERATION_MALFORMED operation", { $0.operation = Self.repeated(65) }),
            ("OPERATION_MALFORMED operation", { $0.operation = "Chat" }),
            ("OPERATION_MALFORMED operation", { $0.operation = "2chat" }),
            ("OPERATION_MALFORMED operation", { $0.operation = "chat completion" }),
            ("OPERATION_MALFORMED operation", { $0.operation = "chat\u{E9}" }),
            ("SERVICE_TIER_UNKNOWN service_tier", { $0.serviceTier = "gold" }),
            ("accepted", { $0.connection = id }),
            ("ID_MALFORMED connection", { $0.connection = "x" }),
            ("accepted", { $0.tags = tags }),
            ("TAGS_TOO_MANY tags", { $0.tags = tags + [Tag(key: "k", value: "")] }),
            ("FIELD_MISSING tags[0].key", { $0.tags = [Tag(key: "", value: "v")] }),
            ("FIELD_TOO_LONG tags[0].key", { $0.tags = [Tag(key: Self.repeated(65), value: "")] }),
            (
                "FIELD_TOO_LONG tags[0].value",
                { $0.tags = [Tag(key: "k", value: Self.repeated(257))] }
            ),
            (
                "DUPLICATE_TAG_KEY tags[1].key",
                { $0.tags = [Tag(key: "k", value: "1"), Tag(key: "k", value: "1")] }
            ),
            (
                "accepted",
                {
                    $0.tags = [
                        Tag(key: "caf\u{e9}", value: ""), Tag(key: "cafe\u{301}", value: ""),
                    ]
                }
            ),
            ("USAGE_STATE_UNKNOWN usage_state", { $0.usageState = .init(rawValue: 9) }),
            ("QUANTITIES_WITHOUT_USAGE usage_state", { $0.usageState = .missing }),
            (
                "accepted",
                {
                    $0.usageState = .missing; $0.quantities = []; $0.totalTokens = 0
                }
            ),
            ("QUANTITIES_WITHOUT_USAGE usage_state", { $0.usageState = .pending }),
            (
                "accepted",
                {
                    $0.usageState = .pending; $0.quantities = []; $0.totalTokens = 0
                }
            ),
            ("EVENT_STATUS_UNKNOWN status", { $0.status = .init(rawValue: 9) }),
            ("NEGATIVE_QUANTITY total_tokens", { $0.totalTokens = -1 }),
            ("NEGATIVE_QUANTITY latency_ms", { $0.latencyMs = -1 }),
            ("NEGATIVE_QUANTITY attempt", { $0.attempt = -1 }),
            ("QUANTITIES_CONTRADICT_TOTAL total_tokens", { $0.totalTokens = 16 }),
            ("accepted", { $0.totalTokens = 0 }),
            ("accepted", { $0.providerCost = Self.money("0.000000000001") }),
            ("accepted", { $0.providerCost = Self.money("0", "eur") }),
            (
                "NEGATIVE_AMOUNT provider_cost.amount",
                { $0.providerCost = Self.money("-0.000000000001") }
            ),
            ("accepted", { $0.providerCost = Self.money("9223372.036854775807") }),
            (
                "AMOUNT_OUT_OF_RANGE provider_cost.amount",
                { $0.providerCost = Self.money("9223372.036854775808") }
            ),
            ("accepted", { $0.providerCost = Self.money("0.0000345000000000000005") }),
            ("DECIMAL_MALFORMED provider_cost.amount", { $0.providerCost = Self.money("x") }),
            (
                "CURRENCY_MALFORMED provider_cost.currency_code",
                { $0.providerCost = Self.money("1", "") }
            ),
        ]
        for (expected, change) in cases {
            let found = Self.refusal(Self.event(change))
            #expect(found.trimmingSpaces == expected)
        }
    }

    private static func money(_ amount: String, _ currency: String = "USD") -> API.Money {
        API.Money(amount: amount, currencyCode: currency)
    }

    /// The same for events that have the provider's usage object.
    @Test func refusesUsageObjectsWithReasonAndField() {
        let long = #"{"input_tokens":1,"output_tokens":1,"x":"# + "\"\"}"
        let padding = EventLimits.usageObjectBytesMax - long.utf8.count
        let tags = String(repeating: " ", count: padding)
        let cases: [(expected: String, change: (inout Event) -> Void)] = [
            ("accepted", { _ in }),
            ("accepted", { $0.usageState = .reported }),
            ("accepted", { $0.usageObject = long + tags }),
            ("FIELD_TOO_LONG usage_object", { $0.usageObject = long + tags + " " }),
            (
                "USAGE_GIVEN_TWICE usage_object",
                { $0.quantities = [API.Quantity(quantityClass: "input", amount: 1)] }
            ),
            ("USAGE_FORMAT_MISSING usage_format", { $0.usageFormat = .unspecified }),
            ("USAGE_FORMAT_UNKNOWN usage_format", { $0.usageFormat = .init(rawValue: 99) }),
            ("USAGE_OBJECT_MISSING usage_object", { $0.usageObject = "" }),
            ("USAGE_OBJECT_MALFORMED usage_object", { $0.usageObject = "{" }),
            ("USAGE_OBJECT_MALFORMED usage_object", { $0.usageObject = "{\"a\u{0}\":1}" }),
            (
                "NEGATIVE_QUANTITY usage_object.input_tokens",
                { $0.usageObject = #"{"input_tokens":-1}"# }
            ),
            (
                "USAGE_COUNT_MISSING usage_object.output_tokens",
                { $0.usageObject = #"{"input_tokens":1}"# }
            ),
            (
                "accepted",
                {
                    $0.usageObject = #"{"input_tokens":1}"#; $0.usageState = .partial
                }
            ),
            ("QUANTITIES_WITHOUT_USAGE usage_state", { $0.usageState = .missing }),
            ("QUANTITIES_WITHOUT_USAGE usage_state", { $0.usageState = .pending }),
            ("USAGE_STATE_UNKNOWN usage_state", { $0.usageState = .init(rawValue: 9) }),
            ("accepted", { $0.usageObject = "null" }),
            (
                "accepted",
                {
                    $0.usageObject = "null"; $0.usageState = .pending
                }
            ),
            (
                "USAGE_CONTRADICTORY usage_state",
                {
                    $0.usageObject = "null"; $0.usageState = .reported
                }
            ),
            (
                "USAGE_STATE_UNKNOWN usage_state",
                {
                    $0.usageObject = "null"; $0.usageState = .init(rawValue: 9)
                }
            ),
            ("accepted", { $0.totalTokens = 700 }),
            ("QUANTITIES_CONTRADICT_TOTAL total_tokens", { $0.totalTokens = 701 }),
            ("accepted", { $0.serviceTier = "batch" }),
            ("USAGE_CONTRADICTORY usage_object.service_tier", { $0.serviceTier = "standard" }),
            (
                "USAGE_FORMAT_CONTRADICTS_PROVIDER usage_format",
                { $0.usageFormat = .bedrockConverse }
            ),
            (
                "USAGE_COUNT_MISSING usage_object.inputTokens",
                {
                    $0.usageFormat = .bedrockConverse; $0.provider = "aws-bedrock"
                }
            ),
        ]
        for (expected, change) in cases {
            let found = Self.refusal(Self.objectEvent(change))
            #expect(found.trimmingSpaces == expected)
        }
    }

    /// Anthropic's answer to a call of a batch.
    static func objectEvent(_ change: (inout Event) -> Void = { _ in }) -> Event {
        event {
            $0.provider = "anthropic"
            $0.quantities = []
            $0.totalTokens = 0
            $0.usageFormat = .anthropicMessages
            $0.usageObject = #"""
                {"input_tokens": 100, "cache_read_input_tokens": 200, "output_tokens": 400,
                "service_tier": "batch", "inference_geo": "us"}
                """#
            change(&$0)
        }
    }

    /// What an object says beside quantities fills in what the event leaves open, and nothing else.
    @Test func objectsFillInWhatEventsLeaveOpen() throws {
        let event = try LedgerEvent(wire: Self.objectEvent(), now: Self.now)
        #expect(event.dimensions.serviceTier == "batch" && event.dimensions.region == "us")
        #expect(event.quantities.totalTokens == 700 && event.state == .reported)
        let own = try LedgerEvent(wire: Self.objectEvent { $0.region = "eu" }, now: Self.now)
        #expect(own.dimensions.region == "eu")
        let cost = #"{"prompt_tokens":1,"completion_tokens":1,"cost":0.5,"cost_details":{}}"#
        func chat(_ change: (inout Event) -> Void = { _ in }) throws -> LedgerEvent {
            try LedgerEvent(
                wire: Self.objectEvent {
                    $0.usageFormat = .openaiChat
                    $0.usageObject = cost
                    change(&$0)
                }, now: Self.now)
        }
        #expect(try chat().providerCost?.money.decimalText == "0.500000000000")
        let told = try chat { $0.providerCost = Self.money("0.25") }
        #expect(told.providerCost?.money.decimalText == "0.250000000000")
    }

    /// Dimensions are remembered by what an object adds to them, too.
    @Test func objectsTellRememberedDimensionsApart() throws {
        let organization = OrganizationID.make()
        func key(_ event: Event) throws -> KnownDimensions.Key {
            let usage = event.usageObject.isEmpty ? nil : try EventUsage(event)
            return KnownDimensions.Key(event, of: organization, object: usage?.object)
        }
        let keys = try [
            key(Self.objectEvent()),
            key(Self.objectEvent { $0.usageObject = #"{"input_tokens":1,"output_tokens":1}"# }),
            key(Self.objectEvent { $0.usageObject = "null" }),
            key(
                Self.objectEvent {
                    $0.usageObject = #"{"input_tokens":1,"output_tokens":1,"service_tier":"flex"}"#
                }),
        ]
        #expect(Set(keys).count == 4)
        #expect(
            try key(Self.objectEvent { $0.usageObject = "null" })
                == key(
                    Self.objectEvent {
                        $0.usageObject = ""
                        $0.usageFormat = .unspecified
                    }))
    }
}

extension String {
    fileprivate var trimmingSpaces: String { hasSuffix(" ") ? String(dropLast()) : self }
}
