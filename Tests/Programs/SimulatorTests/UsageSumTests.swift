import Foundation
import Testing

@testable import Simulator

/// Whatever a caller groups by, filters or pages by, the sums are the same.
@Suite struct UsageSumTests {
    static let window = "start_time=1794787200&end_time=1794873600"  // 16 November 2026
    static let period = "starting_at=2026-11-16T00:00:00Z&ending_at=2026-11-17T00:00:00Z"

    /// The sums of all count fields of a report, nested ones included.
    static func sums(_ rows: [JSONTree]) -> [String: Int64] {
        var sums: [String: Int64] = [:]
        for row in rows {
            for (name, value) in row.members {
                if let count = value.integer { sums[name, default: 0] += count }
                for (inner, count) in value.members {
                    sums["\(name).\(inner)", default: 0] += count.integer ?? 0
                }
            }
        }
        return sums
    }

    @Test(arguments: [
        "bucket_width=1d&group_by=project_id", "bucket_width=1d&group_by=model&group_by=batch",
        "bucket_width=1h&limit=168", "bucket_width=1h&limit=5&group_by[]=user_id",
        "bucket_width=1m&limit=1440&group_by=api_key_id",
        "bucket_width=1h&group_by=project_id&group_by=user_id&group_by=api_key_id"
            + "&group_by=model&group_by=batch&group_by=service_tier&group_by=api_source",
    ])
    func openAIUsageHasTheSameSums(query: String) throws {
        let standIn = StandIn.make()
        let total = Self.sums(try standIn.rows(.openAI("usage/completions", Self.window)))
        let other = Self.sums(
            try standIn.rows(.openAI("usage/completions", "\(Self.window)&\(query)")))
        #expect(total == other)
        #expect(total["num_model_requests"] ?? 0 > 10000)
    }

    @Test(arguments: [
        "bucket_width=1d&group_by[]=workspace_id", "bucket_width=1h&limit=7&group_by[]=model",
        "bucket_width=1m&limit=1440",
        "bucket_width=1h&group_by[]=model&group_by[]=workspace_id&group_by[]=api_key_id"
            + "&group_by[]=service_tier&group_by[]=context_window&group_by[]=inference_geo",
    ])
    func anthropicUsageHasTheSameSums(query: String) throws {
        let standIn = StandIn.make()
        let total = Self.sums(try standIn.rows(.anthropic("usage_report/messages", Self.period)))
        let other = Self.sums(
            try standIn.rows(.anthropic("usage_report/messages", "\(Self.period)&\(query)")))
        #expect(total == other)
        #expect(total["cache_creation.ephemeral_5m_input_tokens"] ?? 0 > 10000)
        #expect(total["server_tool_use.web_search_requests"] ?? 0 > 0)
    }

    /// The reference's own arithmetic: 1000 = 400 cached + 100 written + 500 uncached.
    @Test func openAIPartsAddUpToTheInput() throws {
        let rows = try StandIn.make().rows(
            .openAI("usage/completions", "\(Self.window)&bucket_width=1h&group_by=api_key_id"))
        #expect(rows.count > 50)
        for row in rows {
            func count(_ name: String) -> Int64 { row["input_\(name)"].integer ?? -1 }
            #expect(
                count("tokens")
                    == count("cached_tokens") + count("cache_write_tokens")
                    + count("uncached_tokens"))
            #expect(
                count("cache_write_tokens")
                    == count("cache_write_30m_tokens") + count("cache_write_12h_tokens"))
            #expect(count("text_tokens") == count("uncached_tokens"))
            #expect(row.members.values.allSatisfy { $0.integer ?? 0 >= 0 })
        }
    }

    @Test func filtersPartitionTheUsage() throws {
        let standIn = StandIn.make()
        let projects = OpenAIWorld.projects.map(\.id)
        let parts = try projects.map { project in
            Self.sums(
                try standIn.rows(
                    .openAI("usage/completions", "\(Self.window)&project_ids[]=\(project)")))
        }
        let sum = parts.reduce(into: [:]) { sum, part in
            sum.merge(part, uniquingKeysWith: +)
        }
        #expect(sum == Self.sums(try standIn.rows(.openAI("usage/completions", Self.window))))
        let batch = try ["true", "false"].map { batch in
            Self.sums(
                try standIn.rows(.openAI("usage/completions", "\(Self.window)&batch=\(batch)")))
        }
        #expect(batch[0].merging(batch[1], uniquingKeysWith: +) == sum)
        #expect(batch[0]["input_tokens"] ?? 0 > 0)
    }

    @Test(arguments: [
        "group_by=project_id", "group_by=line_item", "group_by=project_id&group_by=line_item",
        "group_by=project_id&group_by=line_item&group_by=api_key_id", "group_by=user_id", "limit=1",
    ])
    func openAIAmountsHaveTheSameSums(query: String) throws {
        // With the credit of 10 November.
        let days = "start_time=1794182400&end_time=1794873600"
        func total(_ rows: [JSONTree]) -> Decimal {
            rows.compactMap { $0["amount"]["value"].decimal }.reduce(0, +)
        }
        let standIn = StandIn.make()
        let rows = try standIn.rows(.openAI("costs", "\(days)&\(query)"))
        #expect(total(rows) == total(try standIn.rows(.openAI("costs", days))))
    }

    @Test(arguments: [
        "group_by[]=workspace_id", "group_by[]=description",
        "group_by[]=workspace_id&group_by[]=description&limit=2",
    ])
    func anthropicAmountsHaveTheSameSums(query: String) throws {
        // With the credit of 20 October.
        let days = "starting_at=2026-10-15T00:00:00Z&ending_at=2026-10-22T00:00:00Z"
        func total(_ rows: [JSONTree]) -> Decimal {
            rows.compactMap { $0["amount"].decimal }.reduce(0, +)
        }
        let standIn = StandIn.make()
        let rows = try standIn.rows(.anthropic("cost_report", "\(days)&\(query)"))
        #expect(total(rows) == total(try standIn.rows(.anthropic("cost_report", days))))
    }
}
