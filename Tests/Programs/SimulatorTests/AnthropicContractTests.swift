import Testing

@testable import Simulator

/// The simulator against the golden exchanges with Anthropic's Admin API.
@Suite struct AnthropicContractTests {
    static func shape(_ names: [String]) throws -> JSONShape {
        var shape = JSONShape()
        for name in names { shape.add(try GoldenExchange("anthropic/\(name)").body) }
        return shape
    }

    static let usage = [
        "usage-messages-hourly-page-1", "usage-messages-hourly-page-2",
        "usage-messages-daily-page-1", "usage-messages-daily-page-2",
        "usage-messages-two-dimensions", "usage-messages-ungrouped",
    ]
    static let costs = [
        "cost-report-page-1", "cost-report-page-2", "cost-report-by-workspace",
        "cost-report-ungrouped",
    ]

    @Test(arguments: usage + costs)
    func reportsHaveTheGoldenShape(name: String) throws {
        let golden = try GoldenExchange("anthropic/\(name)")
        var request = golden.request
        let follows = golden.file["follows"].string != nil
        request.query.removeAll { $0.name == "page" }
        let standIn = StandIn.make()
        var body = try standIn.json(request)
        if follows {
            let cursor = try #require(body["next_page"].string)
            request.query.append(.init(name: "page", value: cursor))
            body = try standIn.json(request)
        }
        var shape = JSONShape()
        shape.add(body)
        let known = try Self.shape(name.hasPrefix("usage") ? Self.usage : Self.costs)
        #expect(shape.differences(from: known) == [])
        #expect(body["data"].array.flatMap { $0["results"].array }.isEmpty == false)
        #expect(
            body["data"].array.map { [$0["starting_at"], $0["ending_at"]] }
                == golden.body["data"].array.map { [$0["starting_at"], $0["ending_at"]] })
        #expect(body["has_more"] == golden.body["has_more"])
        #expect((body["next_page"] == .null) == (golden.body["next_page"] == .null))
    }

    @Test(arguments: usage)
    func ungroupedDimensionsAreNull(name: String) throws {
        var request = try GoldenExchange("anthropic/\(name)").request
        let grouped = request.query.filter { $0.name == "group_by[]" }.map(\.value)
        request.query.removeAll { $0.name == "page" }
        for row in try StandIn.make().rows(request) {
            for dimension in Set(AnthropicUsage.dimensions).subtracting(grouped) {
                #expect(row[dimension] == .null, "\(dimension)")
            }
        }
    }

    /// Null means something here even when grouped by: default workspace, and playground.
    @Test func defaultWorkspaceAndPlaygroundAreNull() throws {
        let rows = try StandIn.make().rows(
            .anthropic(
                "usage_report/messages",
                "starting_at=2026-11-01T00:00:00Z&ending_at=2026-11-15T00:00:00Z&limit=31"
                    + "&group_by[]=workspace_id&group_by[]=api_key_id"))
        #expect(rows.contains { $0["workspace_id"] == .null && $0["api_key_id"] != .null })
        #expect(rows.contains { $0["workspace_id"] == .null && $0["api_key_id"] == .null })
    }

    @Test func speedNeedsItsBetaHeader() throws {
        var request = SimulatedRequest.anthropic(
            "usage_report/messages", "starting_at=2026-11-03T00:00:00Z&group_by[]=speed")
        #expect(StandIn.make().respond(to: request).status == 400)
        request.headers["anthropic-beta"] = "other, fast-mode-2026-02-01"
        #expect(try StandIn.make().rows(request).first?["speed"] == .string("standard"))
    }

    @Test(arguments: [
        ("workspaces", ["workspaces-page-1", "workspaces-page-2"]),
        ("api_keys", ["api-keys-page-1", "api-keys-page-2"]),
        ("users", ["users-page-1", "users-page-2"]),
    ])
    func listsHaveTheGoldenShape(list: String, names: [String]) throws {
        let standIn = StandIn.make()
        var request = try GoldenExchange("anthropic/\(names[0])").request
        var shape = JSONShape()
        var ids: [String] = []
        while true {
            let page = try standIn.json(request)
            shape.add(page)
            ids += page["data"].array.compactMap { $0["id"].string }
            #expect(page["last_id"] == page["data"].array.last?["id"])
            guard page["has_more"] == .boolean(true) else { break }
            request.query.removeAll { $0.name == "after_id" }
            request.query.append(.init(name: "after_id", value: try #require(ids.last)))
        }
        #expect(shape.differences(from: try Self.shape(names)) == [])
        try #require(ids.count > 3)
        #expect(Set(ids).count == ids.count)

        let archived = list == "workspaces" ? "&include_archived=true" : ""
        let back = try standIn.json(.anthropic(list, "limit=2&before_id=\(ids[3])\(archived)"))
        #expect(back["data"].array.compactMap { $0["id"].string } == Array(ids[1...2]))
    }

    @Test(arguments: [
        "error-400-claude-code-limit-over-maximum", "error-400-claude-code-not-a-date",
        "error-400-cost-report-limit-over-maximum", "error-400-foreign-cursor",
        "error-400-limit-over-maximum-daily", "error-400-limit-over-maximum",
        "error-400-missing-version", "error-401-invalid-key", "error-401-missing-key", "error-403",
        "error-404",
    ])
    func refusalsAreTheGoldenOnes(name: String) throws {
        let golden = try GoldenExchange("anthropic/\(name)")
        try Self.expect(StandIn.make().respond(to: golden.request), golden)
    }

    @Test(arguments: [
        ("error-402", Fault.billing), ("error-429-retry-after", .rateLimited),
        ("error-429-without-retry-after", .rateLimitedBare), ("error-500", .serverError),
        ("error-500-not-json", .badGateway), ("error-504", .timeout), ("error-529", .overloaded),
    ])
    func injectedErrorsAreTheGoldenOnes(name: String, fault: Fault) throws {
        let golden = try GoldenExchange("anthropic/\(name)")
        let standIn = StandIn.make()
        #expect(standIn.control("POST", "/_simulator/faults?kind=\(fault.rawValue)").status == 200)
        try Self.expect(standIn.respond(to: golden.request), golden)
        #expect(standIn.respond(to: golden.request).status == 200)
    }

    static func expect(_ response: SimulatedResponse, _ golden: GoldenExchange) throws {
        #expect(response.status == golden.status)
        let headers = Dictionary(
            response.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        #expect((headers["retry-after"] == nil) == (golden.responseHeaders["retry-after"] == nil))
        guard golden.body != .null else {
            #expect(throws: (any Error).self) { try JSONTree(text: response.body.text) }
            return
        }
        let body = try JSONTree(text: response.body.text)
        #expect(Set(body.members.keys) == Set(golden.body.members.keys))
        #expect(body["type"] == .string("error"))
        #expect(body["error"]["type"] == golden.body["error"]["type"])
        #expect(body["request_id"].string == headers["request-id"])
    }
}
