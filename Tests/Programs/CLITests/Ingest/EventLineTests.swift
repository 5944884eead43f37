import API
import Testing

@testable import CLI

/// Bad input is a counted, named state of one line, and never a silent zero.
@Suite struct EventLineTests {
    @Test func aFullLineBecomesAnEvent() throws {
        let line = EventInput.line(
            #"""
            ,"requested_model":"gpt-5","operation":"chat","region":"us","service_tier":"flex",
            "quantities":{"input":900,"cache_read":0,"output":9223372036854775807},
            "usage_state":"partial","total_tokens":7,"status":"aborted","latency_ms":12,
            "attempt":2,"project":"p","api_key_id":"k","user":"ü","session":"s","run":"r",
            "feature":"f","customer":"c","team":"t","environment":"prod","connection":"n",
            "tags":{"cost center":"4\t2"}
            """#.replacing("\n", with: ""))
        let event = try #require(try EventInput.elements(line, .jsonl).first?.event)
        #expect(
            event
                == Event(
                    id: "e-1", source: "gw", time: Timestamp(seconds: 1_795_233_600),
                    provider: "openai", model: "gpt-5.4", requestedModel: "gpt-5",
                    operation: "chat", region: "us", serviceTier: "flex",
                    quantities: [
                        Quantity(quantityClass: "input", amount: 900),
                        Quantity(quantityClass: "cache_read", amount: 0),
                        Quantity(quantityClass: "output", amount: .max),
                    ], usageState: .partial, totalTokens: 7, status: .aborted, latencyMs: 12,
                    attempt: 2, project: "p", apiKeyID: "k", user: "ü", session: "s", run: "r",
                    feature: "f", customer: "c", team: "t", environment: "prod",
                    tags: [Tag(key: "cost center", value: "4\t2")], connection: "n"))
    }

    @Test(arguments: [
        (#"{"id":"a""#, "1 LINE_NOT_JSON"),
        (#"not json"#, "1 LINE_NOT_JSON"),
        (#"[1]"#, "1 LINE_NOT_AN_OBJECT"),
        (#"{"id":"a","id":"b"}"#, "1 LINE_NOT_JSON"),
        (#"{"id":"a"}"#, "1 FIELD_MISSING source"),
        (EventInput.line(id: ""), "1 FIELD_MISSING id"),
        (EventInput.line(id: #"a\u0007"#), "1 FIELD_HOLDS_CONTROL_CHARACTER id"),
        (EventInput.line(id: #"a\u0085"#), "1 FIELD_HOLDS_CONTROL_CHARACTER id"),
        (EventInput.line(id: #"a\n"#), "1 FIELD_HOLDS_CONTROL_CHARACTER id"),
        (EventInput.line(#","tags":{"a":"\u0000"}"#), "1 FIELD_HOLDS_CONTROL_CHARACTER tags.a"),
        (EventInput.line(#","tokens":1"#), "1 FIELD_UNKNOWN tokens"),
        (EventInput.line(#","quantities":{"input":-1}"#), "1 NEGATIVE_QUANTITY quantities.input"),
        (EventInput.line(#","quantities":{"input":1.5}"#), "1 NUMBER_NOT_WHOLE quantities.input"),
        (EventInput.line(#","quantities":{"input":1e3}"#), "1 NUMBER_NOT_WHOLE quantities.input"),
        (
            EventInput.line(#","quantities":{"input":9223372036854775808}"#),
            "1 NUMBER_OUT_OF_RANGE quantities.input"
        ),
        (
            EventInput.line(#","quantities":{"input":"7"}"#),
            "1 FIELD_TYPE_MISMATCH quantities.input"
        ),
        (EventInput.line(#","quantities":[]"#), "1 FIELD_TYPE_MISMATCH quantities"),
        (EventInput.line(#","tags":{"a":1}"#), "1 FIELD_TYPE_MISMATCH tags.a"),
        (EventInput.line(#","attempt":2147483648"#), "1 NUMBER_OUT_OF_RANGE attempt"),
        (EventInput.line(#","latency_ms":-5"#), "1 NEGATIVE_QUANTITY latency_ms"),
        (EventInput.line(#","total_tokens":"5""#), "1 FIELD_TYPE_MISMATCH total_tokens"),
        (EventInput.line(#","user":5"#), "1 FIELD_TYPE_MISMATCH user"),
        (EventInput.line(#","usage_state":"some""#), "1 USAGE_STATE_UNKNOWN usage_state"),
        (EventInput.line(#","usage_format":"openai""#), "1 USAGE_FORMAT_UNKNOWN usage_format"),
        (EventInput.line(#","usage_object":"{}""#), "1 FIELD_TYPE_MISMATCH usage_object"),
        (EventInput.line(#","usage_object":[1]"#), "1 FIELD_TYPE_MISMATCH usage_object"),
        (EventInput.line(#","provider_cost":true"#), "1 FIELD_TYPE_MISMATCH provider_cost"),
        (EventInput.line(#","provider_cost":1"#), "1 FIELD_MISSING provider_cost_currency"),
        (
            EventInput.line(#","provider_cost_currency":"USD""#),
            "1 FIELD_MISSING provider_cost"
        ),
        (EventInput.line(#","status":"fine""#), "1 EVENT_STATUS_UNKNOWN status"),
    ])
    func aBadLineIsNamed(line: String, summary: String) throws {
        let elements = try EventInput.elements(line + "\n" + EventInput.line(id: "good"), .jsonl)
        #expect(elements.map(\.summary) == [summary, "2 good"])
        #expect(elements[0].problem?.remedy.isEmpty == false)
    }

    @Test(arguments: [
        ("2026-11-21T04:00:00", "TIME_WITHOUT_ZONE"), ("2026-11-21", "TIME_MALFORMED"),
        ("2026-02-29T04:00:00Z", "TIME_MALFORMED"), ("yesterday", "TIME_MALFORMED"),
    ])
    func aTimeThatNamesNoInstantIsRefused(time: String, reason: String) throws {
        let line = EventInput.line().replacing("2026-11-21T04:00:00Z", with: time)
        #expect(try EventInput.elements(line, .jsonl).map(\.summary) == ["1 \(reason) time"])
    }

    /// The usage as the provider answered it goes to the server as it stands, digit by digit; null is
    /// not the same as no usage object.
    @Test func usageObjectsAndCostsComeThrough() throws {
        let line = EventInput.line(
            #","usage_object":{"prompt_tokens":1e2,"x":[1.50,null]},"usage_format":"openai_chat""#
                + #","usage_state":"partial","provider_cost":0.10,"provider_cost_currency":"USD""#)
        let event = try #require(try EventInput.elements(line, .jsonl).first?.event)
        #expect(event.usageObject == #"{"prompt_tokens":1e2,"x":[1.50,null]}"#)
        #expect(event.usageFormat == .openaiChat && event.usageState == .partial)
        #expect(event.providerCost == Money(amount: "0.10", currencyCode: "USD"))
        let absent = EventInput.line(
            #","usage_object":null,"usage_format":"gemini","provider_cost":null"#)
        let none = try #require(try EventInput.elements(absent, .jsonl).first?.event)
        #expect(none.usageObject == "null" && none.usageFormat == .gemini)
        #expect(none.providerCost == nil)
        let pending = EventInput.line(#","usage_state":"pending""#)
        #expect(try EventInput.elements(pending, .jsonl).first?.event?.usageState == .pending)
    }

    @Test func invalidUTF8IsNamedAsThat() throws {
        var bytes = Array(EventInput.line(id: "a?b").utf8)
        bytes = bytes.map { $0 == UInt8(ascii: "?") ? 0xff : $0 }
        bytes += Array(("\n" + EventInput.line(id: "good")).utf8)
        let elements = try EventInput.elements(bytes, .jsonl)
        #expect(elements.map(\.summary) == ["1 LINE_NOT_UTF8", "2 good"])
    }

    @Test func aLineThatTheInputCutsOffIsNamedAsThat() throws {
        let whole = EventInput.line(id: "a") + "\r\n\n  \n" + EventInput.line(id: "b")
        #expect(try EventInput.elements(whole, .jsonl).map(\.summary) == ["1 a", "4 b"])
        let cut = String(whole.dropLast(9))
        #expect(try EventInput.elements(cut, .jsonl).map(\.summary) == ["1 a", "4 LINE_TRUNCATED"])
    }

    @Test func nullIsAbsentAndAByteOrderMarkIsPassedOver() throws {
        let line = "\u{feff}" + EventInput.line(#","user":null,"quantities":null"#)
        #expect(try EventInput.elements(line, .jsonl).first?.event?.user == "")
    }

    @Test func emptyInputHasNoEvents() throws {
        #expect(try EventInput.elements("", .jsonl).isEmpty)
        #expect(try EventInput.elements("", .csv).isEmpty)
        #expect(try EventInput.elements(EventInput.header, .csv).isEmpty)
    }
}
