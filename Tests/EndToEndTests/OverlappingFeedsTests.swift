import Foundation
import TestSupport
import Testing

/// The same spend as events, as the provider's usage and as its bill: nothing counts twice.
struct OverlappingFeedsTests {
    /// Events that name both connections and meter a part of what the providers report, less or more
    /// than there is: on every basis each figure equals that of the independent calculation.
    @Test func overlappingFeedsEqualTheOracle() async throws {
        // The last ten days of the month.
        let demo = try LocalDemo(eventsPerDay: 1, days: 14)
        let run = try await demo.startAndWait()
        let oracle = Oracle(demo: demo)
        let own = demo.home.appending(path: "demo/events-2026-11-04.jsonl")
        var inputs = Oracle.Inputs(
            definition: LocalDemo.project.appending(path: "deploy/local/demo/organization.json"),
            events: demo.home.appending(path: "all.jsonl"),
            openAIKey: "sk-admin-sim-northwind-0001",
            anthropicKey: "sk-ant-admin01-sim-northwind-0001", from: "2026-10-22")
        let connections = try await Self.connections(of: demo)
        inputs.openAIConnection = try #require(connections["openai"])
        inputs.anthropicConnection = try #require(connections["anthropic"])
        try FileManager.default.copyItem(at: own, to: inputs.events)
        let pages = demo.home.appending(path: "pages")
        try await oracle.record(inputs, into: pages)
        inputs.pages = pages

        var generator = OverlappingEvents(seed: 20_261_031, connections: connections)
        try generator.read(pages)
        let events = demo.home.appending(path: "overlapping.jsonl")
        let lines = try generator.lines()
        #expect(generator.kinds == ["long", "short", "surplus", "whole"])
        try Data(lines.utf8).write(to: events)
        try Data((String(contentsOf: own, encoding: .utf8) + lines).utf8).write(to: inputs.events)
        let answer = try await demo.tallySucceeds(["ingest", events.path, "--format", "json"])
        #expect(
            answer.contains("\"rejected\":0") || answer.contains("\"rejected\": 0"), "\(answer)")
        for basis in ["metered", "billed", "effective"] {
            try await oracle.compare(inputs, basis: basis, token: nil)
        }
        try await demo.remove(run)
    }

    /// Ids by provider.
    private static func connections(of demo: LocalDemo) async throws -> [String: String] {
        let text = try await demo.tallySucceeds(["connection", "list", "--format", "json"])
        let list = try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let connections = try #require(list["connections"] as? [[String: Any]])
        var ids: [String: String] = [:]
        for connection in connections {
            let provider = try #require(connection["provider"] as? String)
            let name = provider.lowercased().replacing("provider_", with: "")
            ids[name] = try #require(connection["id"] as? String)
        }
        return ids
    }
}

/// Events that a gateway before the providers would have seen, the same for the same seed.
private struct OverlappingEvents {
    /// One row of a provider's usage report.
    private struct Usage {
        let start: Date
        let texts: [String: String]
        let quantities: [(name: String, amount: Int)]
    }

    private var random: SeededRandom
    private let connections: [String: String]
    private var usage: [Usage] = []
    private var count = 0
    /// What was made of the usage: whole rows, more than whole rows, requests short and long.
    private(set) var kinds: Set<String> = []

    init(seed: UInt64, connections: [String: String]) {
        random = SeededRandom(seed: seed)
        self.connections = connections
    }

    mutating func read(_ pages: URL) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: pages.path).sorted()
        for name in names where name.contains("-usage-") {
            let body = try JSONSerialization.jsonObject(
                with: Data(contentsOf: pages.appending(path: name)))
            let buckets = (body as? [String: Any])?["data"] as? [[String: Any]] ?? []
            for bucket in buckets {
                for result in bucket["results"] as? [[String: Any]] ?? [] {
                    usage.append(
                        name.hasPrefix("openai")
                            ? openAI(bucket, result) : anthropic(bucket, result))
                }
            }
        }
        try #require(usage.count > 1_000)
    }

    private func openAI(_ bucket: [String: Any], _ result: [String: Any]) -> Usage {
        let isBatch = result["batch"] as? Bool == true
        let tier = result["service_tier"] as? String ?? ""
        return Usage(
            start: Date(timeIntervalSince1970: Double(bucket["start_time"] as? Int ?? 0)),
            texts: [
                "provider": "openai", "model": text(result["model"]),
                "project": text(result["project_id"]), "user": text(result["user_id"]),
                "api_key_id": text(result["api_key_id"]),
                "service_tier": isBatch
                    ? "batch" : ["flex", "priority"].contains(tier) ? tier : "standard",
            ],
            quantities: [
                ("input", number(result["input_uncached_tokens"])),
                ("cache_read", number(result["input_cached_tokens"])),
                ("cache_write_30m", number(result["input_cache_write_tokens"])),
                ("output", number(result["output_tokens"]) / 3),
                ("reasoning", number(result["output_tokens"]) / 2),
            ])
    }

    private func anthropic(_ bucket: [String: Any], _ result: [String: Any]) -> Usage {
        let written = result["cache_creation"] as? [String: Any] ?? [:]
        let tools = result["server_tool_use"] as? [String: Any] ?? [:]
        let start = try? Date(text(bucket["starting_at"]), strategy: .iso8601)
        return Usage(
            start: start ?? .distantPast,
            texts: [
                "provider": "anthropic", "model": text(result["model"]),
                "project": result["workspace_id"] as? String ?? "default",
                "api_key_id": text(result["api_key_id"]),
                "service_tier": text(result["service_tier"]),
                "region": text(result["inference_geo"]) == "us" ? "us" : "",
            ],
            quantities: [
                ("input", number(result["uncached_input_tokens"])),
                ("cache_read", number(result["cache_read_input_tokens"])),
                ("cache_write_5m", number(written["ephemeral_5m_input_tokens"])),
                ("cache_write_1h", number(written["ephemeral_1h_input_tokens"])),
                ("output", number(result["output_tokens"])),
                ("web_search_request", number(tools["web_search_requests"])),
            ])
    }

    private func text(_ value: Any?) -> String { value as? String ?? "" }

    private func number(_ value: Any?) -> Int { value as? Int ?? 0 }

    /// JSON Lines. On every fifth day all rows of some keys come whole, half more or less: where they
    /// are more, events exceed the provider's usage. Of the others a few come as single requests, with
    /// prompts on both sides of every price's threshold and of Anthropic's own.
    mutating func lines() throws -> String {
        var lines = ""
        for row in usage {
            let day = Int(row.start.timeIntervalSince1970) / 86_400
            if day % 5 == 0, !Int.random(in: 0..<4, using: &random).isMultiple(of: 4) {
                let perMille = day % 10 == 0 ? 1_700 : 900
                kinds.insert(perMille > 1_000 ? "surplus" : "whole")
                lines += try line(row, perMille: perMille)
            } else if Int.random(in: 0..<12, using: &random) == 0 {
                let prompt = row.quantities.reduce(0) {
                    $0 + ($1.name.hasPrefix("output") || $1.name == "reasoning" ? 0 : $1.amount)
                }
                let target = Int.random(in: 1_000...450_000, using: &random)
                kinds.insert(target > 272_000 ? "long" : "short")
                lines += try line(row, perMille: max(1, target * 1_000 / max(1, prompt)))
            }
        }
        return lines
    }

    private mutating func line(_ row: Usage, perMille: Int) throws -> String {
        count += 1
        var event: [String: Any] = row.texts.filter { $0.value != "" }
        event["id"] = "overlap-\(count)"
        event["source"] = "gateway"
        let second = Double(Int.random(in: 0..<3_600, using: &random))
        event["time"] = row.start.addingTimeInterval(second).formatted(.iso8601)
        event["feature"] = ["answers", "search", "drafts"].randomElement(using: &random)
        event["team"] = ["support", "mobile", ""].randomElement(using: &random)
        // One in nine names no connection: its cost comes on top.
        if Int.random(in: 0..<9, using: &random) > 0 {
            event["connection"] = row.texts["provider"].flatMap { connections[$0] }
        }
        var quantities: [String: Int] = [:]
        for (name, amount) in row.quantities where amount > 0 {
            // Odd numbers, so that no two shares tie.
            let odd = Int.random(in: 0...29, using: &random)
            quantities[name] =
                name == "web_search_request"
                ? amount * min(perMille, 2_000) / 1_000 : amount * perMille / 1_000 + odd
        }
        event["quantities"] = quantities
        let data = try JSONSerialization.data(withJSONObject: event, options: [.sortedKeys])
        return String(decoding: data, as: UTF8.self) + "\n"
    }
}
