import Foundation
import Testing

@testable import Simulator

/// The simulator against the golden exchange with OpenRouter.
@Suite struct OpenRouterContractTests {
    private static func request(
        _ query: String, key: String = "sk-or-v1-sim-demo"
    ) -> SimulatedRequest {
        SimulatedRequest(
            method: "GET", target: "/v1/activity?\(query)",
            headers: ["authorization": "Bearer \(key)"])
    }

    @Test func aDayHasTheGoldenShape() throws {
        let standIn = StandIn.make()
        var shape = JSONShape()
        shape.add(try standIn.json(Self.request("date=2026-11-16&group_by=workspace")))
        var golden = JSONShape()
        golden.add(try GoldenExchange("openrouter/activity-day").body)
        #expect(shape.differences(from: golden) == [])
    }

    @Test func theDaysAreWhatIsAskedForTogether() throws {
        let standIn = StandIn.make()
        func tokens(_ query: String) throws -> Int64 {
            try standIn.json(Self.request(query))["data"].array
                .reduce(0) { $0 + ($1["prompt_tokens"].integer ?? 0) }
        }
        let days =
            (22...31).map { "2026-10-\($0)" }
            + (1...20).map {
                "2026-11-\($0 < 10 ? "0" : "")\($0)"
            }
        let sum = try days.reduce(Int64(0)) { try $0 + tokens("date=\($1)") }
        #expect(try tokens("") == sum)
        #expect(try tokens("group_by=workspace") == sum)
        #expect(try tokens("workspace_id=ws_evaluation&date=2026-11-16") > 0)
    }

    @Test(arguments: [
        ("date=2026-11-21", 400), ("date=2026-10-21", 400), ("date=yesterday", 400),
        ("group_by=model", 400), ("limit=5", 400), ("date=2026-11-20", 200),
    ])
    func onlyTheLastCompletedDaysAreAnswered(query: String, status: Int) {
        #expect(StandIn.make().respond(to: Self.request(query)).status == status)
    }

    @Test(arguments: [
        ("sk-or-v1-sim-revoked", 401), ("sk-or-v1-0123456789abcdef", 403),
        ("sk-admin-sim-demo", 401),
    ])
    func otherKeysAreRefused(key: String, status: Int) throws {
        let response = StandIn.make().respond(to: Self.request("date=2026-11-20", key: key))
        #expect(response.status == status)
        #expect(
            try JSONTree(text: response.body.text)["error"]["code"].integer == Int64(status))
    }

    @Test func faultsAreInItsWords() throws {
        let standIn = StandIn.make()
        _ = standIn.control("POST", "/_simulator/faults?kind=rate-limited")
        let response = standIn.respond(to: Self.request("date=2026-11-20"))
        #expect(response.status == 429)
        #expect(response.headers.contains { $0.name == "retry-after" })
        #expect(try JSONTree(text: response.body.text)["error"]["code"].integer == 429)
    }
}
