import Testing

@testable import Simulator

@Suite struct StandInTests {
    static let usage = SimulatedRequest.openAI(
        "usage/completions",
        "start_time=1794787200&bucket_width=1h&limit=168&group_by=project_id&group_by=model")
    static let bill = SimulatedRequest.anthropic(
        "cost_report", "starting_at=2026-11-01T00:00:00Z&limit=31&group_by[]=description")

    @Test(arguments: [usage, bill])
    func theSameSeedGivesTheSameAnswers(request: SimulatedRequest) throws {
        let first = StandIn.make().respond(to: request).body.text
        let busy = StandIn.make()
        _ = busy.respond(to: Self.bill)
        _ = busy.respond(to: Self.usage)
        #expect(busy.respond(to: request).body.text == first)
        #expect(StandIn.make(seed: 8).respond(to: request).body.text != first)
    }

    /// Two organizations can have two worlds: other figures, same ids.
    @Test func accountsDiffer() throws {
        let standIn = StandIn.make()
        var other = Self.usage
        other.headers["authorization"] = "Bearer sk-admin-sim-other"
        #expect(standIn.respond(to: Self.usage).body.text != standIn.respond(to: other).body.text)
        func projects(_ request: SimulatedRequest) throws -> Set<String?> {
            Set(try standIn.rows(request).map { $0["project_id"].string })
        }
        #expect(try projects(Self.usage) == projects(other))
    }

    /// A 90-day pull stays small enough for a demo.
    @Test func activeCombinationsAreFew() throws {
        let standIn = StandIn.make()
        let openAI = try standIn.rows(
            .openAI(
                "usage/completions",
                "start_time=1794182400&end_time=1794787200&bucket_width=1h&limit=168"
                    + "&group_by=project_id&group_by=user_id&group_by=api_key_id&group_by=model"
                    + "&group_by=batch&group_by=service_tier"))
        let anthropic = try standIn.rows(
            .anthropic(
                "usage_report/messages",
                "starting_at=2026-11-09T00:00:00Z&ending_at=2026-11-16T00:00:00Z&bucket_width=1h"
                    + "&limit=168&group_by[]=model&group_by[]=workspace_id&group_by[]=api_key_id"
                    + "&group_by[]=service_tier&group_by[]=context_window"
                    + "&group_by[]=inference_geo"))
        #expect((500..<2300).contains(openAI.count))
        #expect((500..<2300).contains(anthropic.count))
        #expect((12...20).contains(OpenAIWorld.streams.count))
        #expect((12...20).contains(AnthropicWorld.streams.count))
    }

    /// By which whoever connects two of them knows them apart; two keys of one have the same.
    @Test func eachOpenAIAccountHasAnOldestProjectOfItsOwn() throws {
        let standIn = StandIn.make()
        let oldest = try ["demo", "studio", "demo"].map { account in
            let projects = try standIn.json(
                .openAI("projects", "limit=100&include_archived=true", account: account)
            )["data"].array.compactMap { item in
                item["created_at"].integer.flatMap { createdAt in
                    item["id"].string.map { (createdAt: createdAt, id: $0) }
                }
            }
            return try #require(projects.min { $0.createdAt < $1.createdAt }).id
        }
        #expect(oldest[0] != oldest[1] && oldest[0] == oldest[2])
    }

    @Test func everyAnswerSaysThatItIsAStandIn() {
        let standIn = StandIn.make()
        let requests = [
            Self.usage, Self.bill, SimulatedRequest(path: "/v1/chat/completions"),
            SimulatedRequest(path: "/_simulator"), SimulatedRequest(path: "/v1/organization/costs"),
        ]
        for request in requests {
            #expect(standIn.respond(to: request).headers.contains(StandIn.header))
        }
        #expect(standIn.respond(to: requests[2]).status == 404)
        #expect(standIn.respond(to: requests[3]).body.text.contains("stand-in"))
    }

    @Test(arguments: [
        ("sk-admin-sim-demo", 200), ("sk-admin-sim-revoked-demo", 401),
        ("sk-admin-demo-0123456789", 401), ("sk-proj-demo-0123456789", 403),
        ("sk-proj-revoked", 401), ("nonsense", 401), ("", 401),
    ])
    func openAIKeys(key: String, status: Int) {
        var request = Self.usage
        request.headers["authorization"] = "Bearer \(key)"
        let response = StandIn.make().respond(to: request)
        #expect(response.status == status)
        #expect(!response.body.text.contains("0123456789"), "a key is never printed")
    }

    @Test(arguments: [
        ("sk-ant-admin01-sim-demo", 200), ("sk-ant-admin01-sim-revoked", 401),
        ("sk-ant-admin01-0123456789", 401), ("sk-ant-api03-0123456789", 403), ("nonsense", 401),
    ])
    func anthropicKeys(key: String, status: Int) {
        var request = Self.bill
        request.headers["x-api-key"] = key
        let response = StandIn.make().respond(to: request)
        #expect(response.status == status)
        #expect(!response.body.text.contains("0123456789"), "a key is never printed")
    }

    @Test func chanceFaultsFollowTheSeedAndPass() {
        func statuses(seed: UInt64) -> [Int] {
            let standIn = StandIn.make(seed: seed, faultsPerMille: 300)
            return (0..<200).map { _ in
                standIn.respond(to: .openAI("projects", "limit=1")).status
            }
        }
        let first = statuses(seed: 7)
        #expect(first == statuses(seed: 7))
        #expect(first != statuses(seed: 8))
        #expect((20..<100).contains(first.count { $0 != 200 }))
        #expect(first.allSatisfy { [200, 429, 500, 502, 503].contains($0) })
    }

    @Test func orderedFaultsHitWhatTheyAreOrderedFor() {
        let standIn = StandIn.make()
        let costs = SimulatedRequest.openAI("costs", "start_time=1794787200")
        #expect(
            standIn.control(
                "POST",
                "/_simulator/faults?kind=server-error&count=2&skip=1&path=/v1/organization/costs"
            ).status == 200)
        let statuses = (0..<4).map { _ in
            #expect(standIn.respond(to: Self.usage).status == 200)
            return standIn.respond(to: costs).status
        }
        #expect(statuses == [200, 500, 500, 200])

        _ = standIn.control("POST", "/_simulator/faults?kind=slow")
        _ = standIn.control("POST", "/_simulator/faults?kind=truncated")
        #expect(standIn.respond(to: costs).delay > .zero)
        #expect(standIn.respond(to: costs).delivery == .truncated)
        _ = standIn.control("POST", "/_simulator/faults?rate=1")
        _ = standIn.control("DELETE", "/_simulator/faults")
        #expect(standIn.respond(to: costs).status == 200)
    }

    /// As in the golden `*-wrong-types` answers: the first count of the first result is text.
    @Test func wrongTypesAreGivenWhenTold() throws {
        let standIn = StandIn.make()
        _ = standIn.control("POST", "/_simulator/faults?kind=wrong-type&count=2")
        let usage = try standIn.rows(Self.usage)
        #expect(usage[0]["input_tokens"].kind == "string")
        #expect(usage[1]["input_tokens"].kind == "number")
        let bill = try standIn.json(Self.bill)["data"].array.flatMap { $0["results"].array }
        #expect(bill[0]["amount"].kind == "boolean")
        #expect(bill[1]["amount"].kind == "string")
    }

    @Test(arguments: [
        ("GET", "/_simulator/nothing", 404), ("POST", "/_simulator/faults?kind=earthquake", 400),
        ("POST", "/_simulator/faults?kind=slow&count=0", 400),
        ("POST", "/_simulator/faults?rate=2", 400), ("POST", "/_simulator/clock?now=today", 400),
        ("POST", "/_simulator/amounts?form=roman", 400),
        ("POST", "/_simulator/clock?tomorrow=yes", 400),
    ])
    func wrongSwitchesAreRefused(method: String, target: String, status: Int) {
        #expect(StandIn.make().control(method, target).status == status)
    }

    @Test func onlyReadingIsAllowed() {
        for var request in [Self.usage, Self.bill] {
            request.method = "DELETE"
            #expect(StandIn.make().respond(to: request).status == 405)
        }
    }
}
