/// One request of the trace as an event of Tally's events file, with what the seed assigned to it.
struct TraceEvent: Sendable {
    static let provider = "azure"
    static let source = "azure-gateway"

    let id: String
    /// UTC, since 1970.
    let microseconds: Int64
    let row: TraceFile.Row
    let model: String
    let region: String?
    let team: String?
    let environment: String
    let feature: String?
    let customer: String?
    let costCenter: String?
    let outcome: Outcome
    let cachedTokens: Int64
    let chance: UInt64

    enum Outcome: Sendable {
        case answered
        /// The provider refused or failed: no usage object at all.
        case failed
        /// Broken off: the prompt was counted, the completion only in part.
        case aborted
    }

    /// A team of the demo company, its cost center and what it uses models for.
    private struct Team {
        var name: String
        var costCenter: String
        var features: [String]
        var hasCustomers: Bool
    }

    private static let teams = [
        Team(
            name: "support", costCenter: "cc-1001", features: ["reply-draft", "ticket-summary"],
            hasCustomers: true),
        Team(
            name: "search", costCenter: "cc-1002", features: ["answers", "query-rewrite"],
            hasCustomers: false),
        Team(
            name: "mobile", costCenter: "cc-1003", features: ["assistant", "translate"],
            hasCustomers: true),
        Team(
            name: "marketing", costCenter: "cc-1004", features: ["copy"], hasCustomers: false),
    ]

    init(id: String, microseconds: Int64, row: TraceFile.Row, chance: UInt64) {
        self.id = id
        self.microseconds = microseconds
        self.row = row
        self.chance = chance
        func draw(_ purpose: UInt64) -> Int64 {
            Hash.pick(Hash.mix(chance, purpose), from: 0...999)
        }
        model = Self.choose(
            draw(1),
            [
                (420, "gpt-4o-mini"), (230, "gpt-4o"), (200, "gpt-5.4"), (145, "gpt-4.1"),
                (5, "phi-next-preview"),
            ])
        region = model == "gpt-5.4" && draw(2) < 250 ? "us" : nil
        environment = Self.choose(draw(3), [(860, "prod"), (110, "staging"), (30, "dev")])

        let share = draw(4)
        let team: Team? =
            switch share {
            case ..<380: Self.teams[0]
            case ..<600: Self.teams[1]
            case ..<780: Self.teams[2]
            case ..<900: Self.teams[3]
            default: nil
            }
        self.team = team?.name
        feature = team.map { $0.features[Int(draw(5)) % $0.features.count] }
        customer =
            team?.hasCustomers == true && environment == "prod"
            ? "customer-\(CivilTime.padded(draw(6) % 6 + 1, 2))" : nil
        // One tagged request in ten lacks its tag; of those without a team, a third carries the
        // platform's cost center, and the rest can be told to nobody.
        if let team {
            costCenter = draw(7) < 900 ? team.costCenter : nil
        } else {
            costCenter = draw(7) < 333 ? "cc-1005" : nil
        }
        outcome =
            switch draw(8) {
            case ..<8: .failed
            case ..<14: .aborted
            default: .answered
            }
        // Prompt caches work in blocks of 128 tokens from 1024 on.
        let hasCache = row.promptTokens >= 1024 && draw(9) < 550
        cachedTokens =
            hasCache ? row.promptTokens * (200 + draw(10) * 650 / 1000) / 1000 / 128 * 128 : 0
    }

    /// The event as one line of JSON.
    var json: JSONValue {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue) {
            if value != .null { members.append(.init(name: name, value: value)) }
        }
        add("id", .string(id))
        add("source", .string(Self.source))
        add("time", .string(timeText))
        add("provider", .string(Self.provider))
        add("model", .string(model))
        add("operation", "chat")
        add("region", JSONValue(region))
        add("session", .string("session-\(Hash.mix(chance, UInt64(11)) % 100_000)"))
        add("feature", JSONValue(feature))
        add("customer", JSONValue(customer))
        add("team", JSONValue(team))
        add("environment", .string(environment))
        switch outcome {
        case .answered:
            add("quantities", quantities(output: row.completionTokens))
            add("total_tokens", .integer(row.promptTokens + row.completionTokens))
        case .aborted:
            add("quantities", quantities(output: row.completionTokens / 3))
            add("usage_state", "partial")
            add("status", "aborted")
        case .failed:
            add("usage_state", "missing")
            add("status", "error")
        }
        let pace = Hash.pick(Hash.mix(chance, UInt64(12)), from: 9...24)
        add("latency_ms", .integer(180 + row.completionTokens * pace))
        add("attempt", 1)
        if let costCenter { add("tags", ["cost_center": .string(costCenter)]) }
        return .object(members)
    }

    /// Disjoint: what was read from the cache is not input.
    private func quantities(output: Int64) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init(name: "input", value: .integer(row.promptTokens - cachedTokens))
        ]
        if cachedTokens > 0 {
            members.append(.init(name: "cache_read", value: .integer(cachedTokens)))
        }
        members.append(.init(name: "output", value: .integer(output)))
        return .object(members)
    }

    /// RFC 3339 in UTC with microseconds.
    private var timeText: String {
        let seconds = CivilTime(seconds: microseconds / 1_000_000).rfc3339.dropLast()
        return "\(seconds).\(CivilTime.padded(microseconds % 1_000_000, 6))Z"
    }

    private static func choose(_ draw: Int64, _ shares: [(Int64, String)]) -> String {
        var rest = draw
        for (share, value) in shares {
            if rest < share { return value }
            rest -= share
        }
        return shares.last?.1 ?? ""
    }
}
