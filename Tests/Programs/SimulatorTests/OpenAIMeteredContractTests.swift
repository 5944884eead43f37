import Foundation
import Testing

@testable import Simulator

/// OpenAI's usage reports besides completions against their golden exchanges, of an account that uses
/// something of each.
@Suite struct OpenAIMeteredContractTests {
    static let names = [
        "embeddings-hourly", "moderations-hourly", "images-hourly", "audio-speeches-hourly",
        "audio-transcriptions-hourly", "vector-stores-daily", "code-interpreter-sessions-hourly",
        "file-search-calls-hourly", "web-search-calls-hourly", "decisions-hourly",
    ]

    /// The golden request of an account of the studio, for 16 November 2026.
    private static func request(_ name: String) throws -> SimulatedRequest {
        var request = try GoldenExchange("openai/usage-\(name)").request
        request.headers["authorization"] = "Bearer sk-admin-sim-studio"
        request.query.removeAll { $0.name == "start_time" || $0.name == "end_time" }
        request.query.append(.init(name: "start_time", value: "1794787200"))
        request.query.append(.init(name: "end_time", value: "1794873600"))
        return request
    }

    @Test(arguments: names)
    func reportsHaveTheGoldenShape(name: String) throws {
        var shape = JSONShape()
        let body = try StandIn.make().json(Self.request(name))
        shape.add(body)
        var golden = JSONShape()
        golden.add(try GoldenExchange("openai/usage-\(name)").body)
        if name == "decisions-hourly" {
            golden.add(try GoldenExchange("openai/usage-completions-hourly-page-1").body)
        }
        #expect(shape.differences(from: golden) == [])
        #expect(body["data"].array.flatMap { $0["results"].array }.isEmpty == false)
    }

    /// Whatever it is grouped by and however wide its buckets are, the sums are the same; nothing but
    /// what is grouped by is told.
    @Test(arguments: names)
    func groupsAndWidthsChangeNoSum(name: String) throws {
        let standIn = StandIn.make()
        let grouped = try Self.request(name)
        var bare = grouped
        bare.query.removeAll { $0.name == "group_by" }
        let rows = try standIn.rows(bare)
        #expect(UsageSumTests.sums(rows) == UsageSumTests.sums(try standIn.rows(grouped)))
        for row in rows {
            for group in grouped.query where group.name == "group_by" {
                #expect(row[group.value] == .null)
            }
        }
        // What is kept is a level: a day's is not the sum of its hours'.
        guard name != "vector-stores-daily" else { return }
        var daily = grouped
        daily.query.removeAll { $0.name == "bucket_width" || $0.name == "limit" }
        #expect(UsageSumTests.sums(rows) == UsageSumTests.sums(try standIn.rows(daily)))
    }

    @Test(arguments: names)
    func whatTheReferenceDoesNotListIsRefused(name: String) throws {
        let standIn = StandIn.make()
        for (parameter, value) in [("group_by", "line_item"), ("colour", "blue")] {
            var request = try Self.request(name)
            request.query.append(.init(name: parameter, value: value))
            #expect(standIn.respond(to: request).status == 400, "\(parameter)")
        }
        var tooMany = try Self.request(name)
        tooMany.query.removeAll { $0.name == "limit" }
        tooMany.query.append(.init(name: "limit", value: "169"))
        #expect(standIn.respond(to: tooMany).status == 400)
    }

    /// The demo's accounts use nothing of these, and one report they do not have.
    @Test(arguments: names)
    func otherAccountsUseNoneOfThem(name: String) throws {
        var request = try Self.request(name)
        request.headers["authorization"] = "Bearer sk-admin-sim-demo"
        let response = StandIn.make().respond(to: request)
        #expect(response.status == (name == "decisions-hourly" ? 404 : 200))
        guard response.status == 200 else { return }
        #expect(try StandIn.make().rows(request).isEmpty)
    }

    @Test func filtersKeepWhatTheyName() throws {
        let standIn = StandIn.make()
        func images(_ filter: String) throws -> Int64 {
            let rows = try standIn.rows(
                .openAI(
                    "usage/images", "\(UsageSumTests.window)\(filter)", account: "studio"))
            return rows.reduce(0) { $0 + ($1["images"].integer ?? 0) }
        }
        let parts = try images("&sizes=1024x1024") + images("&sizes[]=1024x1792")
        #expect(try images("") == parts)
        #expect(try images("&sources=image.edit") == images("&api_key_ids=key_research_lab"))
        #expect(try images("&project_ids=proj_pilot") == 0)
        let unknown = standIn.respond(
            to: .openAI("usage/images", "\(UsageSumTests.window)&sizes=1x1", account: "studio"))
        #expect(unknown.status == 400)
    }

    /// Prices in dollars for a million of each.
    @Test(arguments: [
        ("images", "images", "gpt-image-2, images", "40000"),
        ("audio_speeches", "characters", "tts-1-hd, characters", "30"),
        ("audio_transcriptions", "seconds", "whisper-1, seconds", "100"),
        ("code_interpreter_sessions", "num_sessions", "code interpreter sessions", "30000"),
        ("file_search_calls", "num_requests", "file search tool calls", "2500"),
    ])
    func theBillIsUsageTimesPrices(
        report: String, field: String, item: String, price: String
    ) throws {
        let standIn = StandIn.make()
        let usage = try standIn.rows(
            .openAI("usage/\(report)", UsageSumTests.window, account: "studio"))
        let count = usage.reduce(0) { $0 + ($1[field].integer ?? 0) }
        let bill = try standIn.rows(
            .openAI("costs", "\(UsageSumTests.window)&group_by=line_item", account: "studio"))
        let line = try #require(bill.first { $0["line_item"] == .string(item) })
        #expect(count > 0)
        #expect(line["quantity"].decimal == Decimal(count))
        #expect(
            line["amount"]["value"].decimal
                == Decimal(count) * (try BillTests.decimal(price)) / 1_000_000)
    }
}
