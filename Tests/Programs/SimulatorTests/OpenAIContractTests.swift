import Testing

@testable import Simulator

/// The simulator against the golden exchanges with OpenAI's admin API.
@Suite struct OpenAIContractTests {
    /// The shape of several exchanges together: a field that is null in one may be text in another.
    static func shape(_ names: [String]) throws -> JSONShape {
        var shape = JSONShape()
        for name in names { shape.add(try GoldenExchange("openai/\(name)").body) }
        return shape
    }

    static let usage = [
        "usage-completions-hourly-page-1", "usage-completions-hourly-page-2",
        "usage-completions-daily-bracket-page-1", "usage-completions-daily-two-dimensions",
        "usage-completions-daily-ungrouped", "usage-completions-daily-batch-only",
    ]
    static let costs = [
        "costs-line-items-page-1", "costs-line-items-page-2", "costs-by-key-bracket",
        "costs-by-project", "costs-ungrouped",
    ]

    @Test(arguments: usage + costs)
    func reportsHaveTheGoldenShape(name: String) throws {
        let golden = try GoldenExchange("openai/\(name)")
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
            body["data"].array.map { [$0["start_time"], $0["end_time"]] }
                == golden.body["data"].array.map { [$0["start_time"], $0["end_time"]] })
        #expect(body["has_more"] == golden.body["has_more"])
        #expect((body["next_page"] == .null) == (golden.body["next_page"] == .null))
    }

    /// Null exactly where the golden rows are null: in what is not grouped by.
    @Test(arguments: usage + costs)
    func ungroupedDimensionsAreNull(name: String) throws {
        let request = try GoldenExchange("openai/\(name)").request
        let grouped = Set(
            request.query.filter { $0.name.hasPrefix("group_by") }.map(\.value))
        let dimensions = Set(
            name.hasPrefix("usage") ? OpenAIUsage.dimensions : OpenAICosts.dimensions)
        var first = request
        first.query.removeAll { $0.name == "page" }
        for row in try StandIn.make().rows(first) {
            for dimension in dimensions.subtracting(grouped) {
                #expect(row[dimension] == .null, "\(dimension)")
            }
            for dimension in grouped where name.hasPrefix("usage") {
                #expect(row[dimension] != .null, "\(dimension)")
            }
        }
    }

    @Test func amountsCanBeNumbers() throws {
        let request = try GoldenExchange("openai/costs-amount-as-number").request
        let standIn = StandIn.make()
        let texts = try standIn.rows(request)
        #expect(standIn.control("POST", "/_simulator/amounts?form=number").status == 200)
        let numbers = try standIn.rows(request)
        #expect(texts.map { $0["amount"]["value"].kind }.allSatisfy { $0 == "string" })
        #expect(numbers.map { $0["amount"]["value"].kind }.allSatisfy { $0 == "number" })
        #expect(
            texts.map { $0["amount"]["value"].decimal }
                == numbers.map { $0["amount"]["value"].decimal })
    }

    @Test(arguments: [
        ("projects", ["projects-page-1", "projects-page-2"]),
        ("users", ["users-page-1", "users-page-2"]),
        ("keys", ["project-api-keys-page-1", "project-api-keys-page-2"]),
    ])
    func listsHaveTheGoldenShape(list: String, names: [String]) throws {
        let standIn = StandIn.make()
        var request = try GoldenExchange("openai/\(names[0])").request
        if list == "keys" { request.path = "/v1/organization/projects/proj_search/api_keys" }
        request.query.removeAll { $0.name == "limit" }
        request.query.append(.init(name: "limit", value: "1"))
        var shape = JSONShape()
        var ids: [String] = []
        var next = request
        while true {
            let page = try standIn.json(next)
            shape.add(page)
            ids += page["data"].array.compactMap { $0["id"].string }
            #expect(page["first_id"] == page["data"].array.first?["id"])
            #expect(page["last_id"] == page["data"].array.last?["id"])
            guard page["has_more"] == .boolean(true) else { break }
            next = request
            next.query.append(.init(name: "after", value: try #require(ids.last)))
        }
        #expect(shape.differences(from: try Self.shape(names)) == [])
        #expect(ids.count > 1)
        #expect(Set(ids).count == ids.count)
    }

    @Test(arguments: [
        "error-400-bad-bucket-width", "error-400-costs-limit-over-maximum",
        "error-400-foreign-cursor", "error-400-limit-over-maximum-daily",
        "error-400-limit-over-maximum", "error-400-unknown-group-by", "error-401-invalid-key",
        "error-401-missing-key", "error-403-missing-scope", "error-404-unknown-project",
    ])
    func refusalsAreTheGoldenOnes(name: String) throws {
        let golden = try GoldenExchange("openai/\(name)")
        let response = StandIn.make().respond(to: golden.request)
        try Self.expect(response, golden)
    }

    @Test(arguments: [
        ("error-429-retry-after", Fault.rateLimited),
        ("error-429-without-retry-after", .rateLimitedBare),
        ("error-429-do-not-retry", .quotaExceeded), ("error-500", .serverError),
        ("error-502-not-json", .badGateway),
    ])
    func injectedErrorsAreTheGoldenOnes(name: String, fault: Fault) throws {
        let golden = try GoldenExchange("openai/\(name)")
        let standIn = StandIn.make()
        let ordered = standIn.control("POST", "/_simulator/faults?kind=\(fault.rawValue)")
        #expect(ordered.status == 200)
        try Self.expect(standIn.respond(to: golden.request), golden)
        #expect(standIn.respond(to: golden.request).status == 200)
    }

    static func expect(_ response: SimulatedResponse, _ golden: GoldenExchange) throws {
        #expect(response.status == golden.status)
        let headers = Dictionary(
            response.headers.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        for name in ["retry-after", "x-should-retry"] {
            #expect((headers[name] == nil) == (golden.responseHeaders[name] == nil), "\(name)")
        }
        #expect(headers["x-should-retry"] == golden.responseHeaders["x-should-retry"]?.string)
        #expect(headers["x-request-id"] != nil)
        guard golden.body != .null else {
            #expect(throws: (any Error).self) { try JSONTree(text: response.body.text) }
            return
        }
        let body = try JSONTree(text: response.body.text)
        #expect(Set(body.members.keys) == Set(golden.body.members.keys))
        #expect(Set(body["error"].members.keys) == Set(golden.body["error"].members.keys))
        #expect(body["error"]["type"] == golden.body["error"]["type"])
        #expect(body["error"]["code"] == golden.body["error"]["code"])
    }
}
