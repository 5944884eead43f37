import API
import Testing

@testable import CLI

@Suite struct EventLineTests {
    static let required =
        #""id":"e","source":"s","time":"2026-11-21T04:00:00Z","provider":"p","model":"m""#

    @Test func everyFieldIsTaken() throws {
        let line = """
            {\(Self.required),"requested_model":"rm","operation":"chat","region":"us",\
            "service_tier":"flex","project":"pr","api_key_id":"k","user":"u","session":"se",\
            "run":"r","feature":"f","customer":"c","team":"t","environment":"prod",\
            "connection":"co","quantities":{"input":3,"output":0},"usage_state":"partial",\
            "status":"aborted","total_tokens":3,"latency_ms":12,"attempt":2,"tags":{"a":"b"}}
            """
        let event = Event(
            id: "e", source: "s", time: Timestamp(seconds: 1_795_233_600), provider: "p",
            model: "m", requestedModel: "rm", operation: "chat", region: "us", serviceTier: "flex",
            quantities: [
                Quantity(quantityClass: "input", amount: 3),
                Quantity(quantityClass: "output", amount: 0),
            ], usageState: .partial, totalTokens: 3, status: .aborted, latencyMs: 12, attempt: 2,
            project: "pr", apiKeyID: "k", user: "u", session: "se", run: "r", feature: "f",
            customer: "c", team: "t", environment: "prod", tags: [Tag(key: "a", value: "b")],
            connection: "co")
        #expect(try EventLine.event(Array(line.utf8)) == event)
    }

    @Test func absentAndNullAreTheSame() throws {
        let bare = try EventLine.event(Array("{\(Self.required)}".utf8))
        let null = try EventLine.event(
            Array("{\(Self.required),\"team\":null,\"tags\":null}".utf8))
        #expect(bare == null)
        #expect(bare.usageState == .unspecified)
    }

    @Test(arguments: [
        (#"{"#, "", "is not JSON"),
        (#"[]"#, "", "should be an object"),
        (#"{"id":"e"}"#, "source", "is missing"),
        (#"{"id":"e","source":"s","provider":"p","model":"m"}"#, "time", "is missing"),
        (#"{"time":"2026-11-21T04:00:00"}"#, "time", "needs a zone"),
        (#"{"time":"2026-11-21"}"#, "time", "RFC 3339"),
        (#"{"time":1795233600}"#, "time", "may not be a number"),
        (#"{"quantities":{"input":-1}}"#, "quantities.input", "is negative: -1"),
        (#"{"quantities":{"input":1.5}}"#, "quantities.input", "whole number"),
        (#"{"quantities":{"input":1e3}}"#, "quantities.input", "whole number"),
        (#"{"quantities":{"input":"1"}}"#, "quantities.input", "not a string"),
        (#"{"quantities":{"input":9223372036854775808}}"#, "quantities.input", "whole number"),
        (#"{"quantities":{"In":1}}"#, "quantities.In", "no name of a class"),
        (#"{"quantities":[]}"#, "quantities", "should be an object"),
        (#"{"latency_ms":-1}"#, "latency_ms", "is negative"),
        (#"{"attempt":2147483648}"#, "attempt", "is above"),
        (#"{"usage_state":"known"}"#, "usage_state", "missing, partial, reported"),
        (#"{"modle":"m"}"#, "modle", "no field of an event"),
        (#"{"id":"a","id":"b"}"#, "", "stands twice"),
        (#"{"id":"a\u0000"}"#, "id", "zero character"),
        (#"{"tags":{"a":1}}"#, "tags.a", "not a number"),
        (#"{"id":"e","source":"","provider":"p","model":"m"}"#, "source", "is missing"),
    ])
    func whatIsNoEventIsToldWithItsField(line: String, field: String, words: String) {
        let problem = #expect(throws: EventProblem.self) { try EventLine.event(Array(line.utf8)) }
        #expect(problem?.field == field)
        #expect(problem?.problem.contains(words) == true, "\(String(describing: problem))")
    }
}
