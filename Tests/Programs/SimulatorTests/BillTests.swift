import Foundation
import Testing

@testable import Simulator

/// The bills against usage times prices, with prices typed in anew in dollars per million tokens.
@Suite struct BillTests {
    /// Input, cache read, cache write (short, long), output.
    typealias Rates = [Decimal]

    static func decimal(_ text: String) throws -> Decimal {
        try #require(JSONTree.string(text).decimal)
    }

    static func rates(_ text: String, times factor: String = "1") throws -> Rates {
        let factor = try decimal(factor)
        return try text.split(separator: " ").map { try decimal(String($0)) * factor }
    }

    static func openAI() throws -> [String: Rates] {
        [
            "gpt-6-sol": try rates("2 0.2 2.5 5 10", times: "0.97"),
            "gpt-6-luna": try rates("0.1 0.01 0.125 0.25 0.5"),
            "gpt-5.4-mini": try rates("0.75 0.075 0 0 4.5"),
            "gpt-4.1-2025-04-14": try rates("2 0.5 0 0 8"),
            "gpt-4o": try rates("2.5 1.25 0 0 10"),
            "gpt-4o-mini": try rates("0.15 0.075 0 0 0.6"),
            "gpt-7-preview": try rates("3 0.3 0 0 15"),
        ]
    }

    static func anthropic() throws -> [String: Rates] {
        [
            "claude-opus-5-5": try rates("4 0.2 5 8 20", times: "0.975"),
            "claude-sonnet-5-5": try rates("2 0.1 2.5 4 10"),
            "claude-haiku-4-5": try rates("1 0.1 1.25 2 5"),
            "claude-haiku-5-5": try rates("0.1 0.01 0.125 0.2 0.5"),
            "claude-haiku-5-5 long": try rates("0.5 0.05 0.625 0.2 2.5"),
            "claude-next-preview": try rates("6 0.6 7.5 12 30"),
        ]
    }

    @Test func openAILineItemsAreUsageTimesPrices() throws {
        let standIn = StandIn.make()
        let day = "start_time=1794787200&end_time=1794873600"
        var expected: [String: Decimal] = [:]
        var quantities: [String: Decimal] = [:]
        let usage = try standIn.rows(
            .openAI(
                "usage/completions",
                "\(day)&group_by=project_id&group_by=model&group_by=batch&group_by=service_tier"))
        for row in usage {
            let model = try #require(row["model"].string)
            let project = try #require(row["project_id"].string)
            let rates = try #require(try Self.openAI()[model])
            let tier = row["batch"] == .boolean(true) ? "batch" : row["service_tier"].string
            let factor = try Self.decimal(
                tier == "priority" ? "2" : tier == "default" ? "1" : "0.5")
            let isDated = model.hasSuffix("-2025-04-14")
            let fields = [
                ("input_uncached_tokens", isDated ? "input" : "input_tokens", 0),
                ("input_cached_tokens", isDated ? "cached input" : "input_cached_tokens", 1),
                ("input_cache_write_30m_tokens", "input_cache_write_tokens", 2),
                ("input_cache_write_12h_tokens", "input_cache_write_tokens", 3),
                ("output_tokens", isDated ? "output" : "output_tokens", 4),
            ]
            for (field, meter, index) in fields {
                let quantity = Decimal(try #require(row[field].integer))
                guard quantity > 0 else { continue }
                let cell = "\(project)|\(model), \(meter)"
                expected[cell, default: 0] += quantity * rates[index] * factor / 1_000_000
                quantities[cell, default: 0] += quantity
            }
        }
        var opaque: Set<String> = []
        let bill = try standIn.rows(
            .openAI("costs", "\(day)&group_by=project_id&group_by=line_item"))
        for row in bill {
            let item = try #require(row["line_item"].string)
            let cell = "\(row["project_id"].string ?? "")|\(item)"
            let text = try #require(row["amount"]["value"].string)
            #expect(text.drop { $0 != "." }.count > 13, "at least 13 decimals")
            guard item.contains(", ") else {
                opaque.insert(item)
                continue
            }
            #expect(row["amount"]["value"].decimal == expected.removeValue(forKey: cell), "\(cell)")
            #expect(row["quantity"].decimal == quantities[cell])
            #expect(row["quantity_unit"] == .string("tokens"))
        }
        #expect(expected.isEmpty)
        #expect(opaque == ["web search tool calls", "vector store storage"])
    }

    @Test func anthropicLinesAreUsageTimesPrices() throws {
        let standIn = StandIn.make()
        let day = "starting_at=2026-11-16T00:00:00Z&ending_at=2026-11-17T00:00:00Z"
        var expected: [String: Decimal] = [:]
        func add(_ cell: [String?], _ amount: Decimal) {
            guard amount != 0 else { return }
            expected[cell.map { $0 ?? "null" }.joined(separator: "|"), default: 0] += amount
        }
        let usage = try standIn.rows(
            .anthropic(
                "usage_report/messages",
                "\(day)&group_by[]=workspace_id&group_by[]=model&group_by[]=service_tier"
                    + "&group_by[]=context_window&group_by[]=inference_geo"))
        for row in usage {
            let model = try #require(row["model"].string)
            let isLong = row["context_window"] == .string("200k-1M")
            let rates = try #require(try Self.anthropic()[model + (isLong ? " long" : "")])
            var factor = try Self.decimal(row["service_tier"].string == "batch" ? "0.5" : "1")
            if row["inference_geo"] == .string("us") { factor *= try Self.decimal("1.1") }
            let counts = [
                ("uncached_input_tokens", row["uncached_input_tokens"]),
                ("cache_read_input_tokens", row["cache_read_input_tokens"]),
                (
                    "cache_creation.ephemeral_5m_input_tokens",
                    row["cache_creation"]["ephemeral_5m_input_tokens"]
                ),
                (
                    "cache_creation.ephemeral_1h_input_tokens",
                    row["cache_creation"]["ephemeral_1h_input_tokens"]
                ),
                ("output_tokens", row["output_tokens"]),
            ]
            let cell = ["workspace_id", "model", "service_tier", "context_window", "inference_geo"]
                .map { row[$0].string }
            for (index, (type, count)) in counts.enumerated() {
                let quantity = Decimal(try #require(count.integer))
                // Cents.
                add(cell + [type], quantity * rates[index] * factor / 10000)
            }
            let searches = Decimal(
                try #require(row["server_tool_use"]["web_search_requests"].integer))
            add([row["workspace_id"].string, "web_search"], searches)
        }
        let bill = try standIn.rows(
            .anthropic("cost_report", "\(day)&group_by[]=workspace_id&group_by[]=description"))
        var opaque: Set<String> = []
        for row in bill {
            let text = try #require(row["amount"].string)
            #expect(text.drop { $0 != "." }.count > 5, "at least 5 decimals")
            let cell: [String?]
            switch row["cost_type"].string {
            case "tokens":
                cell =
                    ["workspace_id", "model", "service_tier", "context_window", "inference_geo"]
                    .map { row[$0].string } + [row["token_type"].string]
            case "web_search": cell = [row["workspace_id"].string, "web_search"]
            default:
                opaque.insert(row["description"].string ?? "")
                continue
            }
            let name = cell.map { $0 ?? "null" }.joined(separator: "|")
            #expect(row["amount"].decimal == expected.removeValue(forKey: name), "\(name)")
        }
        #expect(expected.isEmpty)
        #expect(opaque == ["Code Execution Usage"])
    }

    @Test func creditsAreNegativeAndBelongToNobody() throws {
        let standIn = StandIn.make()
        let openAI = try standIn.rows(
            .openAI(
                "costs",
                "start_time=1794268800&end_time=1794355200&group_by=project_id&group_by=line_item"))
        let credit = try #require(openAI.first { $0["line_item"] == .string("credit") })
        #expect(try #require(credit["amount"]["value"].decimal) < 0)
        #expect(credit["project_id"] == .null)
        let anthropic = try standIn.rows(
            .anthropic(
                "cost_report",
                "starting_at=2026-11-20T00:00:00Z&group_by[]=description&group_by[]=workspace_id"))
        let other = try #require(anthropic.first { $0["description"] == .string("Credit") })
        #expect(try #require(other["amount"].decimal) < 0)
        #expect(other["cost_type"] == .null && other["workspace_id"] == .null)
    }

    /// A demo company's month: tens of thousands of dollars, not millions and not cents.
    @Test(arguments: [UInt64(1), 2, 7, 99])
    func aMonthCostsWhatADemoCompanySpends(seed: UInt64) throws {
        let standIn = StandIn.make(seed: seed)
        let openAI = try standIn.rows(
            .openAI("costs", "start_time=1790812800&end_time=1793491200&limit=31"))
        let anthropic = try standIn.rows(
            .anthropic(
                "cost_report",
                "starting_at=2026-10-01T00:00:00Z&ending_at=2026-11-01T00:00:00Z&limit=31"))
        let dollars =
            openAI.compactMap { $0["amount"]["value"].decimal }.reduce(0, +)
            + anthropic.compactMap { $0["amount"].decimal }.reduce(0, +) / 100
        #expect(dollars > 15000 && dollars < 75000)
    }

    @Test(arguments: [
        (Int128(0), "0.0000000000000000", "0.00000", "0"),
        (1, "0.0000000000000001", "0.00000000000001", "1e-16"),
        (5_000_000_000, "0.0000005000000000", "0.00005", "5e-07"),
        (-1_000_000_000_000_000, "-0.1000000000000000", "-10.00000", "-0.1"),
        (125_000_000_000_000_000, "12.5000000000000000", "1250.00000", "12.5"),
        (30_000_000_000_000_000, "3.0000000000000000", "300.00000", "3"),
        (8_958_740_000_000_000, "0.8958740000000000", "89.58740", "0.895874"),
    ])
    func amountsAreWrittenDigitByDigit(
        units: Int128, dollars: String, cents: String, number: String
    ) {
        let amount = Amount(units: units)
        #expect(amount.dollarsText == dollars)
        #expect(amount.centsText == cents)
        #expect(amount.numberText == number)
    }
}
