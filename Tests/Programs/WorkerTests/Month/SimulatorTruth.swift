import Foundation

@testable import Simulator

/// What the three simulated accounts used, what they were billed, what things are called and what people did,
/// as a time knows it: a line for each day of each report and part of it.
///
/// It is asked of the simulator by the day, in its own words, and shares no code with connectors.
struct SimulatorTruth {
    let standIn: StandIn
    let account: String
    let beginning: Int64
    let now: Int64

    /// Lines such as `openai-usage-images 2026-10-03 proj_chat gpt-image-2 in=0 out=0 requests=3 image=3`.
    func lines() throws -> Set<String> {
        var sums = LineSums()
        try addOpenAI(to: &sums)
        try addAnthropic(to: &sums)
        try addOpenRouter(to: &sums)
        return sums.lines.union(try names()).union(try activity())
    }

    // MARK: OpenAI

    /// What each of the reports counts: fields of tokens in and out, of another thing, and of requests.
    private struct Counted {
        var resource: String
        var source: String
        var tokensIn: String?
        var tokensOut: String?
        var other: (field: String, name: String)?
        var requests: String? = "num_model_requests"
        var hasModel = true
    }

    private static let counted = [
        Counted(
            resource: "completions", source: "openai-usage", tokensIn: "input_tokens",
            tokensOut: "output_tokens"),
        Counted(
            resource: "decisions", source: "openai-usage-decisions", tokensIn: "input_tokens",
            tokensOut: "output_tokens"),
        Counted(
            resource: "embeddings", source: "openai-usage-embeddings", tokensIn: "input_tokens"),
        Counted(
            resource: "moderations", source: "openai-usage-moderations", tokensIn: "input_tokens"),
        Counted(resource: "images", source: "openai-usage-images", other: ("images", "image")),
        Counted(
            resource: "audio_speeches", source: "openai-usage-audio_speeches",
            other: ("characters", "character")),
        Counted(
            resource: "audio_transcriptions", source: "openai-usage-audio_transcriptions",
            other: ("seconds", "audio_second")),
        Counted(
            resource: "vector_stores", source: "openai-usage-vector_stores",
            other: ("usage_bytes", "stored_byte_day"), requests: nil, hasModel: false),
        Counted(
            resource: "code_interpreter_sessions",
            source: "openai-usage-code_interpreter_sessions",
            other: ("num_sessions", "code_interpreter_session"), requests: nil, hasModel: false),
        Counted(
            resource: "file_search_calls", source: "openai-usage-file_search_calls",
            other: ("num_requests", "file_search_request"), requests: nil, hasModel: false),
        // Those that searched are counted with completions.
        Counted(
            resource: "web_search_calls", source: "openai-usage-web_search_calls",
            other: ("num_requests", "web_search_request"), requests: nil),
    ]

    private func addOpenAI(to sums: inout LineSums) throws {
        for report in Self.counted {
            let groups = "&group_by=project_id" + (report.hasModel ? "&group_by=model" : "")
            try openAI("usage/\(report.resource)", groups) { day, row in
                sums.add(
                    report.source, day, row["project_id"].words ?? "", row["model"].words ?? "",
                    tokensIn: report.tokensIn.map { row[$0].count } ?? 0,
                    tokensOut: report.tokensOut.map { row[$0].count } ?? 0,
                    requests: report.requests.map { row[$0].count } ?? 0,
                    other: report.other.map { ($0.name, row[$0.field].count) })
            }
        }
        try openAI("costs", "&group_by=project_id&group_by=line_item") { day, row in
            sums.add(
                "openai-costs", day, row["project_id"].words ?? "", row["line_item"].words ?? "",
                picos: try Self.picos(row["amount"]["value"].digits, powerOfTen: 12))
        }
    }

    private func openAI(
        _ path: String, _ more: String, _ read: (Int64, JSONValue) throws -> Void
    ) throws {
        let api = OpenAIAPI(
            account: standIn.account(.openAI, name: account), now: now, amountsAsNumbers: false)
        for day in days {
            let request = SimulatedRequest(
                method: "GET",
                target: OpenAIAPI.root + path
                    + "?start_time=\(day)&end_time=\(day + CivilTime.secondsPerDay)&limit=7\(more)",
                headers: [:])
            for row in try api.answer(request)["data"].elements.flatMap(\.["results"].elements) {
                try read(day, row)
            }
        }
    }

    // MARK: Anthropic

    private func addAnthropic(to sums: inout LineSums) throws {
        try anthropic("usage_report/messages", "&group_by[]=workspace_id&group_by[]=model") {
            day, row in
            let written = row["cache_creation"]
            sums.add(
                "anthropic-usage", day, row["workspace_id"].words ?? "default",
                row["model"].words ?? "",
                tokensIn: row["uncached_input_tokens"].count + row["cache_read_input_tokens"].count
                    + written["ephemeral_5m_input_tokens"].count
                    + written["ephemeral_1h_input_tokens"].count,
                tokensOut: row["output_tokens"].count,
                other: (
                    "web_search_request", row["server_tool_use"]["web_search_requests"].count
                ))
        }
        try anthropic("cost_report", "&group_by[]=workspace_id&group_by[]=description") {
            day, row in
            // Cents.
            sums.add(
                "anthropic-costs", day, row["workspace_id"].words ?? "default",
                row["description"].words ?? "",
                picos: try Self.picos(row["amount"].digits, powerOfTen: 10))
        }
    }

    private func anthropic(
        _ path: String, _ more: String, _ read: (Int64, JSONValue) throws -> Void
    ) throws {
        for day in days {
            let range = [day, day + CivilTime.secondsPerDay].map {
                CivilTime(seconds: $0).rfc3339
            }
            let answer = try anthropic(
                "\(path)?starting_at=\(range[0])&ending_at=\(range[1])&limit=7\(more)")
            for row in answer["data"].elements.flatMap(\.["results"].elements) {
                try read(day, row)
            }
        }
    }

    private func anthropic(_ target: String) throws -> JSONValue {
        try AnthropicAPI(account: standIn.account(.anthropic, name: account), now: now).answer(
            SimulatedRequest(
                method: "GET", target: AnthropicAPI.root + target,
                headers: ["anthropic-version": "2023-06-01"]))
    }

    private func activity() throws -> Set<String> {
        var lines: Set<String> = []
        for day in days {
            let date = CivilTime(seconds: day).date
            for row in try anthropic("usage_report/claude_code?starting_at=\(date)&limit=1000")[
                "data"
            ]
            .elements {
                let models = row["model_breakdown"].elements
                let metrics = row["core_metrics"]
                let figures = [
                    "sessions=\(metrics["num_sessions"].count)",
                    "added=\(metrics["lines_of_code"]["added"].count)",
                    "commits=\(metrics["commits_by_claude_code"].count)",
                    "input=\(models.reduce(0) { $0 + $1["tokens"]["input"].count })",
                    "read=\(models.reduce(0) { $0 + $1["tokens"]["cache_read"].count })",
                    "output=\(models.reduce(0) { $0 + $1["tokens"]["output"].count })",
                    "cents=\(models.reduce(0) { $0 + $1["estimated_cost"]["amount"].count })",
                ]
                // Everybody has a terminal of a kind but Eli and Fay, who share one: by its figures.
                lines.insert(
                    "activity \(date) \(row["customer_type"].words ?? "") "
                        + "\(row["terminal_type"].words ?? "") \(figures.joined(separator: " "))")
            }
        }
        return lines
    }

    // MARK: OpenRouter

    private func addOpenRouter(to sums: inout LineSums) throws {
        let today = CivilTime.snap(now, to: CivilTime.secondsPerDay)
        for day in days where day < today {
            // It tells of 30 days. Ten days later nothing is late any more.
            let api = OpenRouterAPI(
                account: standIn.account(.openRouter, name: account),
                now: min(now, day + 10 * CivilTime.secondsPerDay))
            let answer = try api.answer(
                SimulatedRequest(
                    method: "GET",
                    target: OpenRouterAPI.path
                        + "?date=\(CivilTime(seconds: day).date)&group_by=workspace", headers: [:]))
            for row in answer["data"].elements {
                let (project, model) = (row["workspace_id"].words ?? "default", row["model"].words)
                sums.add(
                    "openrouter-usage", day, project, model ?? "",
                    tokensIn: row["prompt_tokens"].count, tokensOut: row["completion_tokens"].count,
                    requests: row["requests"].count)
                sums.add(
                    "openrouter-costs", day, project, model ?? "",
                    picos: try Self.picos(row["usage"].digits, powerOfTen: 12))
            }
        }
    }

    // MARK: Names

    private func names() throws -> Set<String> {
        var lines: Set<String> = []
        func add(_ provider: String, _ kind: String, _ answer: JSONValue) {
            for item in answer["data"].elements {
                lines.insert("names \(provider) \(kind) \(item["id"].words ?? "")")
            }
        }
        let openAI = OpenAIAPI(
            account: standIn.account(.openAI, name: account), now: now, amountsAsNumbers: false)
        func list(_ path: String) throws -> JSONValue {
            try openAI.answer(
                SimulatedRequest(method: "GET", target: OpenAIAPI.root + path, headers: [:]))
        }
        let projects = try list("projects?limit=100&include_archived=true")
        add("openai", "project", projects)
        add("openai", "user", try list("users?limit=100"))
        for project in projects["data"].elements {
            add(
                "openai", "api_key",
                try list("projects/\(project["id"].words ?? "")/api_keys?limit=100"))
        }
        add(
            "anthropic", "project", try anthropic("workspaces?limit=1000&include_archived=true"))
        add("anthropic", "user", try anthropic("users?limit=1000"))
        add("anthropic", "api_key", try anthropic("api_keys?limit=1000"))
        return lines
    }

    private var days: [Int64] {
        Array(stride(from: beginning, to: now, by: Int(CivilTime.secondsPerDay)))
    }

    /// Rounded half-even to the pico, as each row of a bill is.
    private static func picos(_ digits: String?, powerOfTen: Int16) throws -> Decimal {
        guard let digits, var amount = Decimal(string: digits) else {
            throw CocoaError(.formatting)
        }
        var (scaled, rounded) = (Decimal(), Decimal())
        guard NSDecimalMultiplyByPowerOf10(&scaled, &amount, powerOfTen, .plain) == .noError else {
            throw CocoaError(.formatting)
        }
        NSDecimalRound(&rounded, &scaled, 0, .bankers)
        return rounded
    }
}

/// Sums by report, day, project and model or line; those of nothing make no line.
struct LineSums {
    private struct Place: Hashable {
        var source: String
        var day: Int64
        var project: String
        var item: String
    }

    private struct Sum {
        var tokensIn: Int64 = 0
        var tokensOut: Int64 = 0
        var requests: Int64 = 0
        var other: [String: Int64] = [:]
        var picos: Decimal = 0
    }

    private var sums: [Place: Sum] = [:]

    mutating func add(
        _ source: String, _ day: Int64, _ project: String, _ item: String, tokensIn: Int64 = 0,
        tokensOut: Int64 = 0, requests: Int64 = 0, other: (name: String, count: Int64)? = nil,
        picos: Decimal = 0
    ) {
        let place = Place(source: source, day: day, project: project, item: item)
        var sum = sums[place] ?? Sum()
        sum.tokensIn += tokensIn
        sum.tokensOut += tokensOut
        sum.requests += requests
        if let other { sum.other[other.name, default: 0] += other.count }
        sum.picos += picos
        sums[place] = sum
    }

    var lines: Set<String> {
        Set(
            sums.compactMap { place, sum in
                let other = sum.other.filter { $0.value != 0 }.sorted { $0.key < $1.key }
                let isNothing =
                    sum.tokensIn == 0 && sum.tokensOut == 0 && sum.requests == 0 && other.isEmpty
                    && sum.picos == 0
                guard !isNothing else { return nil }
                let words =
                    [
                        place.source, CivilTime(seconds: place.day).date, place.project,
                        place.item, "in=\(sum.tokensIn)", "out=\(sum.tokensOut)",
                        "requests=\(sum.requests)", "picos=\(sum.picos)",
                    ] + other.map { "\($0.key)=\($0.value)" }
                return words.joined(separator: " ")
            })
    }
}

extension JSONValue {
    subscript(_ name: String) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.name == name }?.value ?? .null
    }

    var elements: [JSONValue] {
        guard case .array(let elements) = self else { return [] }
        return elements
    }

    /// A text; nil for anything else.
    var words: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// A count; 0 for anything else.
    var count: Int64 {
        guard case .integer(let count) = self else { return 0 }
        return count
    }

    /// An amount, written either way.
    var digits: String? {
        switch self {
        case .string(let text), .number(let text): text
        case .integer(let count): String(count)
        default: nil
        }
    }
}
