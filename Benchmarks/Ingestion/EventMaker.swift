import API

/// Makes events that look like a gateway's: the same for the same numbers.
struct EventMaker {
    /// Sets of dimensions that an organization's events have.
    let setCount: Int
    /// Events of one organization, spread evenly over `seconds`.
    let eventCount: Int
    /// Time of the first event, in seconds since 1970.
    let start: Int64
    let seconds: Int64

    /// Attributes of an event; the flat table has a column for each.
    static let attributes = [
        "event_id text", "source text", "event_time timestamptz", "provider text", "model text",
        "requested_model text", "operation text", "region text", "service_tier text",
        "input bigint",
        "cache_read bigint", "output bigint", "reasoning bigint", "total_tokens bigint",
        "status smallint", "latency_ms bigint", "attempt integer", "project text",
        "api_key_id text", "user_id text", "session text", "run text", "feature text",
        "customer text", "team text", "environment text", "tags jsonb",
    ]

    private static let models = [
        ("openai", "gpt-4.1", "gpt-4.1"), ("openai", "gpt-4.1-mini", "gpt-4.1-mini"),
        ("openai", "gpt-4o", "gpt-4o"), ("openai", "gpt-4o-mini", "gpt-4o-mini"),
    ]

    func event(_ number: Int, of organization: Int) -> Event {
        // A step without a common divisor meets all sets before any again.
        let set = number &* 7919 % setCount
        let (provider, model, requested) = Self.models[set % Self.models.count]
        let input = Int64(400 + number % 3000)
        let cached = Int64(set % 3) * 128
        let output = Int64(50 + number % 700)
        let reasoning = Int64(set % 2) * 64
        let microseconds = Int64(number) * seconds * 1_000_000 / Int64(eventCount)
        return Event(
            id: "req-\(organization)-\(number)", source: "gateway-eu",
            time: Timestamp(
                seconds: start + microseconds / 1_000_000,
                nanos: Int32(microseconds % 1_000_000 * 1000)),
            provider: provider, model: model, requestedModel: requested, operation: "chat",
            serviceTier: "standard",
            quantities: [
                Quantity(quantityClass: "input", amount: input),
                Quantity(quantityClass: "cache_read", amount: cached),
                Quantity(quantityClass: "output", amount: output),
                Quantity(quantityClass: "reasoning", amount: reasoning),
            ], totalTokens: input + cached + output + reasoning, status: .ok,
            latencyMs: Int64(200 + number % 5000), attempt: 1, project: "project-\(set % 20)",
            apiKeyID: "key-\(set % 50)", user: "user-\(set)", session: "session-\(number / 20)",
            run: "run-\(number / 5)", feature: "feature-\(set % 12)",
            customer: "customer-\(set % 100)", team: "team-\(set % 10)",
            environment: set % 4 == 0 ? "staging" : "prod",
            tags: [Tag(key: "cost_center", value: "cc-\(set % 30)")])
    }

    /// The event with OpenAI's usage object, as its API answers it, instead of the quantities.
    static func withUsageObject(_ event: Event) -> Event {
        var amounts: [String: Int64] = [:]
        for quantity in event.quantities { amounts[quantity.quantityClass] = quantity.amount }
        let (cached, reasoning) = (amounts["cache_read"] ?? 0, amounts["reasoning"] ?? 0)
        let prompt = (amounts["input"] ?? 0) + cached
        let completion = (amounts["output"] ?? 0) + reasoning
        var event = event
        event.quantities = []
        event.usageFormat = .openaiChat
        event.usageObject = """
            {"prompt_tokens":\(prompt),"completion_tokens":\(completion),\
            "total_tokens":\(prompt + completion),\
            "prompt_tokens_details":{"cached_tokens":\(cached),"audio_tokens":0},\
            "completion_tokens_details":{"reasoning_tokens":\(reasoning),"audio_tokens":0,\
            "accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}
            """
        return event
    }

    /// Rules of which each has its own project, of the 20 that events have, and all the same target.
    static func rules(_ count: Int) -> [AttributionRule] {
        (0..<count).map { number in
            AttributionRule(
                name: "project-\(number)",
                conditions: [
                    AttributionCondition(dimension: "project", values: ["project-\(number)"])
                ], target: "tag:division", value: .constant("division-\(number % 5)"))
        }
    }

    /// The event as `COPY` reads it: the organization, then each attribute.
    static func line(_ event: Event, organization: String) -> String {
        let time = event.time ?? Timestamp()
        let numbers = event.quantities.map(\.amount)
        let microseconds = String(1_000_000 + time.nanos / 1000).dropFirst()
        let columns: [String] =
            [
                organization, event.id, event.source, "\(clock(time.seconds)).\(microseconds)+00",
                event.provider, event.model, event.requestedModel, event.operation, event.region,
                event.serviceTier,
            ] + numbers.map { "\($0)" } + [
                "\(event.totalTokens)", "1", "\(event.latencyMs)", "\(event.attempt)",
                event.project,
                event.apiKeyID, event.user, event.session, event.run, event.feature, event.customer,
                event.team, event.environment,
                "{"
                    + event.tags.map { "\"\($0.key)\": \"\($0.value)\"" }
                    .joined(separator: ", ") + "}",
            ]
        return columns.joined(separator: "\t") + "\n"
    }

    /// `YYYY-MM-DD HH:MM:SS` of seconds since 1970, in UTC.
    private static func clock(_ seconds: Int64) -> String {
        let (days, rest) = (Int(seconds / 86_400), Int(seconds % 86_400))
        // Days of the Gregorian calendar, counted from 1 March of year 0 on, as in Howard Hinnant's
        // chrono-compatible date algorithms.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(two(month))-\(two(day)) "
            + "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
    }
}
