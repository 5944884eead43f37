import Testing

@testable import Simulator

/// The simulator's Claude Code analytics against the golden exchanges.
@Suite struct AnthropicCodeContractTests {
    /// A Tuesday.
    private static let day: Int64 = 1_793_664_000

    private static func rows(
        _ standIn: StandIn, _ date: String, account: String = "demo"
    ) throws -> [JSONTree] {
        try standIn.json(
            .anthropic(
                "usage_report/claude_code", "starting_at=\(date)&limit=1000", account: account)
        )["data"].array
    }

    @Test func pagesHaveTheGoldenShape() throws {
        let standIn = StandIn.make()
        var request = try GoldenExchange("anthropic/claude-code-page-1").request
        var shape = JSONShape()
        var rows: [JSONTree] = []
        while true {
            let page = try standIn.json(request)
            shape.add(page)
            rows += page["data"].array
            guard let cursor = page["next_page"].string else { break }
            #expect(page["has_more"] == .boolean(true))
            request.query.removeAll { $0.name == "page" }
            request.query.append(.init(name: "page", value: cursor))
        }
        var known = JSONShape()
        for page in 1...2 {
            known.add(try GoldenExchange("anthropic/claude-code-page-\(page)").body)
        }
        #expect(shape.differences(from: known) == [])
        #expect(rows.count == AnthropicCode.desks.count)
        #expect(try rows == Self.rows(standIn, "2026-11-03", account: "fixture"))
        #expect(rows.allSatisfy { $0["date"].string == "2026-11-03T00:00:00Z" })
    }

    /// A cursor is worth nothing for another day.
    @Test func aCursorOfAnotherDayIsRefused() throws {
        let standIn = StandIn.make()
        let page = try standIn.json(
            .anthropic("usage_report/claude_code", "starting_at=2026-11-03&limit=1"))
        let cursor = try #require(page["next_page"].string)
        var request = SimulatedRequest.anthropic(
            "usage_report/claude_code", "starting_at=2026-11-04&limit=1")
        request.query.append(.init(name: "page", value: cursor))
        #expect(standIn.respond(to: request).status == 400)
    }

    /// What is paid for by the token is some of what the messages report has of the same key.
    @Test func tokensAreThoseOfTheMessagesReport() throws {
        let standIn = StandIn.make()
        let messages = try standIn.rows(
            .anthropic(
                "usage_report/messages",
                "starting_at=2026-11-03T00:00:00Z&ending_at=2026-11-04T00:00:00Z"
                    + "&group_by[]=model&api_key_ids[]=\(AnthropicCode.key)"))
        let rows = try Self.rows(standIn, "2026-11-03")
        let byToken = rows.filter { $0["customer_type"].string == "api" }
        #expect(byToken.count < rows.count)
        for message in messages {
            let told = message["output_tokens"].integer ?? 0
            let outputs = byToken.flatMap { $0["model_breakdown"].array }
                .filter { $0["model"] == message["model"] }
                .compactMap { $0["tokens"]["output"].integer }
            let sum = outputs.reduce(0, +)
            // Each desk's share is cut to whole tokens.
            #expect(sum <= told && sum + Int64(byToken.count) > told)
        }
        #expect(messages.count == 2)
    }

    @Test func nothingOfTheLastHourIsKnownAndWeekendsAreFree() throws {
        // 08:00 is the office's second hour; at 07:59 nothing of the first is an hour old.
        #expect(try Self.rows(.make(now: Self.day + 8 * 3600 - 60), "2026-11-03").isEmpty)
        #expect(try !Self.rows(.make(now: Self.day + 9 * 3600), "2026-11-03").isEmpty)
        #expect(try Self.rows(.make(), "2026-11-07").isEmpty)
    }
}
