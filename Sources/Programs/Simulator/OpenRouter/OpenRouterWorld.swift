/// The simulated company's OpenRouter account: two workspaces, and calls of none.
enum OpenRouterWorld {
    static let streams: [UsageStream] = [
        stream(
            "ws_prototypes", "anthropic/claude-sonnet-5-5", "Anthropic", .office, requests: 180,
            input: 3900, output: 720, read: 350),
        stream(
            "ws_prototypes", "openai/gpt-6-luna", "Azure", .customers, requests: 900, input: 1200,
            output: 130, read: 120),
        stream(
            "ws_evaluation", "meta-llama/llama-5-70b-instruct", "Together", .nightly,
            requests: 2600, input: 2100, output: 340),
        stream(
            nil, "openai/gpt-6-luna", "OpenAI", .occasional, requests: 40, input: 1700,
            output: 210),
    ]

    private static func stream(
        _ workspace: String?, _ model: String, _ upstream: String, _ rhythm: UsageStream.Rhythm,
        requests: Int64, input: Int64, output: Int64, read: Int64 = 0
    ) -> UsageStream {
        let slug = model.split(separator: "/").last ?? ""
        return UsageStream(
            detail: [
                "permaslug": "\(model)-20260601", "upstream": upstream,
                "endpoint": "\(slug)-\(upstream.lowercased())",
            ],
            project: workspace, key: "hash_\(workspace ?? "none")", user: "user_\(upstream)",
            model: model, tier: "default", rhythm: rhythm, requestsPerHour: requests,
            inputPerRequest: input, outputPerRequest: output, cacheReadPerMille: read)
    }

    /// Input, cached input and output, in 10^-16 dollars a token: the simulator's own list.
    private static let prices: [String: (Int128, Int128, Int128)] = [
        "anthropic/claude-sonnet-5-5": (20_000_000_000, 1_000_000_000, 100_000_000_000),
        "openai/gpt-6-luna": (1_000_000_000, 100_000_000, 5_000_000_000),
        "meta-llama/llama-5-70b-instruct": (2_300_000_000, 2_300_000_000, 4_100_000_000),
    ]

    static func price(of usage: UsageCounters, _ model: String) -> Amount {
        guard let (input, read, output) = prices[model] else { return .zero }
        return Amount(
            units: Int128(usage.uncachedInput) * input + Int128(usage.cacheRead) * read
                + Int128(usage.output) * output)
    }
}
