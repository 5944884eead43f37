import Core
import Domain
import Testing

@testable import Providers

struct ProviderErrorTests {
    @Test(
        arguments: try ProviderFixture.all("openai/error-")
            + ProviderFixture.all("anthropic/error-"))
    func errorAnswersBecomeTypedErrors(_ fixture: ProviderFixture) throws {
        let error = ResponseCheck.error(fixture.response)
        let facts = fixture.facts
        let kinds: [String: ProviderError.Kind] = [
            "bad_request": .badRequest, "unauthenticated": .keyRefused, "billing": .billing,
            "forbidden": .missingPermission, "not_found": .notFound,
            "rate_limited": .rateLimited, "unavailable": .unavailable, "overloaded": .overloaded,
        ]
        #expect(error.kind == kinds[facts["error"].text ?? ""])
        #expect(error.isRetryable == (facts["retryable"] == .bool(true)))
        #expect(
            error.retryAfter
                == facts["retry_after_seconds"].literal.flatMap { Int64($0) }.map { .seconds($0) })
        if let requestID = facts["request_id"].text { #expect(error.requestID == requestID) }
        #expect(error.refusesKey == [401, 403].contains(fixture.response.status))
    }

    @Test func descriptionsHoldNothingOfTheBody() {
        let response = ProviderResponse(
            status: 401, headers: ["x-request-id": "req_1"],
            body: Array(#"{"error":{"message":"Incorrect API key: sk-admin-planted"}}"#.utf8))
        let error = ResponseCheck.error(response)
        #expect(!String(reflecting: error).contains("planted"))
        #expect("\(error)".contains("Create a new admin key"))
        #expect("\(error)".contains("req_1"))
    }

    /// A second connection of the account would count its days twice.
    @Test(arguments: [ProviderError.Kind.keyRefused, .missingPermission])
    func aNewKeyGoesToTheSameConnection(_ kind: ProviderError.Kind) {
        #expect("\(ProviderError(kind))".contains("tally connection replace-key NAME"))
    }

    @Test func anAnswerTooLargeNamesTheSettingThatBoundsIt() {
        let text = "\(ProviderError(.tooLarge(bytesMax: 1024)))"
        #expect(text.contains("1024 bytes"))
        #expect(text.contains("raise TALLY_PROVIDER_ANSWER_BYTES_MAX"))
    }

    @Test func aRequestIDThatIsNotShortAndPlainIsDropped() {
        for id in ["", "two words", String(repeating: "x", count: 101), "line\nbreak"] {
            let response = ProviderResponse(status: 500, headers: ["request-id": id], body: [])
            #expect(ResponseCheck.error(response).requestID == nil)
        }
    }

    @Test func millisecondsOfRetryAfterWinOverSeconds() {
        let response = ProviderResponse(
            status: 429, headers: ["retry-after": "9", "retry-after-ms": "1500"], body: [])
        #expect(ResponseCheck.error(response).retryAfter == .milliseconds(1500))
    }

    @Test(arguments: [
        ("Sun, 01 Mar 2026 00:00:10 GMT", "Sat, 28 Feb 2026 23:59:40 GMT", 30),
        ("Tue, 01 Dec 2026 00:00:00 GMT", "Mon, 23 Nov 2026 00:00:00 GMT", 86_400),
        // It is over already.
        ("Sun, 01 Mar 2026 00:00:10 GMT", "Sun, 01 Mar 2026 00:00:11 GMT", 0),
        ("Sun, 01 Mar 2026 00:00:10 GMT", nil, nil), ("soon", "Sun, 01 Mar 2026 00:00:10 GMT", nil),
        ("Sun, 31 Feb 2026 00:00:10 GMT", "Sat, 28 Feb 2026 23:59:40 GMT", nil),
        ("Sun, 01 Mar 2026 24:00:10 GMT", "Sat, 28 Feb 2026 23:59:40 GMT", nil),
        ("Sun, 01 Mar 2026 00:00:10 CET", "Sat, 28 Feb 2026 23:59:40 GMT", nil),
        ("-5", "Sat, 28 Feb 2026 23:59:40 GMT", nil),
    ])
    func aDateOfRetryAfterIsAWaitFromWhenItWasSent(until: String, sent: String?, wait: Int?) {
        var headers = ["retry-after": until]
        headers["date"] = sent
        let response = ProviderResponse(status: 429, headers: headers, body: [])
        #expect(ResponseCheck.error(response).retryAfter == wait.map { .seconds($0) })
    }

    @Test func aWaitBeyondADayIsCutToADay() {
        let response = ProviderResponse(
            status: 429, headers: ["retry-after": "9999999999"], body: [])
        #expect(ResponseCheck.error(response).retryAfter == .seconds(86_400))
    }
}
