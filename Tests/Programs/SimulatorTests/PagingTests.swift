import Testing

@testable import Simulator

@Suite struct PagingTests {
    static let usage = SimulatedRequest.openAI(
        "usage/completions",
        "start_time=1794787200&end_time=1794873600&bucket_width=1h&limit=5&group_by=model")
    static let report = SimulatedRequest.anthropic(
        "usage_report/messages",
        "starting_at=2026-11-16T00:00:00Z&ending_at=2026-11-17T00:00:00Z&bucket_width=1h&limit=5"
            + "&group_by[]=model")

    func cursor(_ request: SimulatedRequest, seed: UInt64 = 7) throws -> String {
        try #require(try StandIn.make(seed: seed).json(request)["next_page"].string)
    }

    @Test(arguments: [usage, report])
    func pagesJoinWithoutGapOrOverlap(request: SimulatedRequest) throws {
        let buckets = try StandIn.make().buckets(request)
        #expect(buckets.count == 24)
        for (left, right) in zip(buckets, buckets.dropFirst()) {
            #expect(left["end_time"] == right["start_time"])
            #expect(left["ending_at"] == right["starting_at"])
        }
    }

    @Test(arguments: [usage, report])
    func aCursorIsBoundToItsQuery(request: SimulatedRequest) throws {
        let cursor = try cursor(request)
        let standIn = StandIn.make()
        var again = request
        again.query.append(.init(name: "page", value: cursor))
        #expect(standIn.respond(to: again).status == 200)

        var otherLimit = again
        otherLimit.query.removeAll { $0.name == "limit" }
        #expect(standIn.respond(to: otherLimit).status == 400)

        var otherGrouping = again
        otherGrouping.query.removeAll { $0.name.hasPrefix("group_by") }
        #expect(standIn.respond(to: otherGrouping).status == 400)

        var otherAccount = again
        for (name, value) in request.headers {
            otherAccount.headers[name] = value.replacing("sim-demo", with: "sim-other")
        }
        #expect(standIn.respond(to: otherAccount).status == 400)

        var changed = request
        changed.query.append(.init(name: "page", value: String(cursor.dropLast(4)) + "AAA="))
        #expect(standIn.respond(to: changed).status == 400)
    }

    /// The order in which parameters stand is not part of the query.
    @Test func aCursorSurvivesARestartAndAnotherOrder() throws {
        var request = Self.usage
        request.query.append(.init(name: "page", value: try cursor(Self.usage)))
        request.query.reverse()
        #expect(try StandIn.make().json(request)["data"].array.count == 5)
        #expect(StandIn.make(seed: 8).respond(to: request).status == 400)
    }

    @Test func bucketsSnapToUTC() throws {
        let standIn = StandIn.make()
        let buckets = try standIn.buckets(
            .openAI(
                "usage/completions",
                "start_time=1794787201&end_time=1794790801&bucket_width=1h"))
        #expect(buckets.map { $0["start_time"].integer } == [1_794_787_200, 1_794_790_800])
        let days = try standIn.buckets(
            .anthropic(
                "usage_report/messages",
                "starting_at=2026-11-16T05:30:00%2B05:45&ending_at=2026-11-16T00:00:01Z"))
        #expect(
            days.map { $0["starting_at"].string } == [
                "2026-11-15T00:00:00Z", "2026-11-16T00:00:00Z",
            ])
    }

    @Test func limitsHaveTheProvidersDefaults() throws {
        let standIn = StandIn.make()
        for (width, count) in [("1m", 60), ("1h", 24), ("1d", 7)] {
            let openAI = try standIn.json(
                .openAI("usage/completions", "start_time=1794182400&bucket_width=\(width)"))
            #expect(openAI["data"].array.count == count)
            let anthropic = try standIn.json(
                .anthropic(
                    "usage_report/messages",
                    "starting_at=2026-11-09T00:00:00Z&bucket_width=\(width)"))
            #expect(anthropic["data"].array.count == count)
        }
    }

    @Test func bucketsWithoutUsageAreThereAndEmpty() throws {
        let buckets = try StandIn.make(days: 2).buckets(
            .openAI("usage/completions", "start_time=1794787200&limit=31"))
        #expect(buckets.count == 6)
        #expect(buckets.prefix(3).allSatisfy { $0["results"] == .array([]) })
        #expect(buckets.suffix(3).allSatisfy { $0["results"].array.count == 1 })
    }

    @Test(arguments: [
        (SimulatedRequest.openAI("usage/completions", ""), "start_time"),
        (.openAI("usage/completions", "start_time=monday"), "start_time"),
        (.openAI("usage/completions", "start_time=10&end_time=10"), "end_time"),
        (.openAI("usage/completions", "start_time=10&limit=0"), "limit"),
        (.openAI("usage/completions", "start_time=10&limit=5&limit=6"), "limit"),
        (.openAI("usage/completions", "start_time=10&batch=yes"), "batch"),
        (.openAI("usage/completions", "start_time=10&project=proj_search"), "project"),
        (.openAI("costs", "start_time=10&group_by=model"), "group_by"),
        (.openAI("costs", "start_time=10&group_by=user_id&group_by=project_id"), "group_by"),
        (.openAI("projects", "limit=101"), "limit"), (.openAI("projects", "after=nobody"), "after"),
    ])
    func wrongParametersAreNamed(request: SimulatedRequest, parameter: String) throws {
        let response = StandIn.make().respond(to: request)
        #expect(response.status == 400)
        #expect(try JSONTree(text: response.body.text)["error"]["param"] == .string(parameter))
    }

    @Test(arguments: [
        "usage_report/messages?starting_at=2026-11-16",
        "usage_report/messages?starting_at=2026-11-16T00:00:00",
        "usage_report/messages?starting_at=2026-02-30T00:00:00Z",
        "usage_report/messages?starting_at=2026-11-16T00:00:00Z&group_by=model",
        "usage_report/messages?starting_at=2026-11-16T00:00:00Z&group_by[]=colour",
        "cost_report?starting_at=2026-11-16T00:00:00Z&bucket_width=1h",
        "cost_report?starting_at=2026-11-16T00:00:00Z&group_by[]=model", "users?limit=1001",
        "api_keys?status=lost",
    ])
    func anthropicRefusesWhatItDoesNotKnow(target: String) {
        let parts = target.split(separator: "?")
        let request = SimulatedRequest.anthropic(String(parts[0]), String(parts[1]))
        #expect(StandIn.make().respond(to: request).status == 400)
    }
}
