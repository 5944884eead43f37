package import Domain

/// The cases of `Fixtures/UsageObjects/cases.json`, whose README says what they are.
package struct UsageObjectCase: Sendable, CustomStringConvertible {
    package let name: String
    package let format: UsageFormat
    /// The usage object as text.
    package let object: ExactJSON
    package let isPartial: Bool
    package let quantities: UsageQuantities
    package let serviceTier: String?
    package let region: String?
    package let costText: String?
    /// Reason and field; nil where the object is good.
    package let refused: String?

    package var description: String { name }

    package static func all() throws -> [UsageObjectCase] {
        let json = try ExactJSONReader.parse(
            try ProjectFolder.fixture("UsageObjects/cases.json"))
        guard case .array(let cases) = json else { return [] }
        return cases.compactMap { UsageObjectCase($0) }
    }

    private init?(_ json: ExactJSON) {
        guard case .object(let fields) = json, case .string(let name)? = fields["name"],
            case .string(let format)? = fields["format"], case .string? = fields["source"],
            let format = Self.formats[format], let object = fields["object"]
        else { return nil }
        func text(_ name: String) -> String? {
            guard case .string(let text)? = fields[name] else { return nil }
            return text
        }
        self.name = name
        self.format = format
        self.object = object
        isPartial = fields["partial"] == .bool(true)
        var quantities = UsageQuantities()
        if case .object(let classes)? = fields["classes"] {
            for (name, value) in classes {
                guard case .number(let digits) = value else { return nil }
                quantities[QuantityClass(rawValue: name)] = Int64(digits)
            }
        }
        self.quantities = quantities
        serviceTier = text("tier")
        region = text("region")
        costText = text("cost_usd")
        refused = text("refused")
    }

    private static let formats: [String: UsageFormat] = [
        "openai_chat": .openAIChat, "openai_responses": .openAIResponses,
        "openai_embeddings": .openAIEmbeddings, "anthropic_messages": .anthropicMessages,
        "gemini": .gemini, "bedrock_converse": .bedrockConverse,
    ]
}

extension ExactJSON {
    /// As JSON text; strings as the corpus has them, without anything to escape.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): "\"\(text)\""
        case .array(let values): "[\(values.map(\.text).joined(separator: ","))]"
        case .object(let fields):
            "{\(fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value.text)" }.joined(separator: ", "))}"
        }
    }
}

/// What a call used, to be said in each provider's convention.
package struct SpokenUsage: Sendable {
    package var fresh: Int64
    package var cached: Int64
    package var written5m: Int64
    package var written1h: Int64
    package var visible: Int64
    package var reasoning: Int64

    package init(using random: inout SeededRandom, hasWrites: Bool) {
        func some(_ most: Int64) -> Int64 {
            Bool.random(using: &random) ? Int64.random(in: 1...most, using: &random) : 0
        }
        fresh = some(500_000)
        cached = some(200_000)
        written5m = hasWrites ? some(50_000) : 0
        written1h = hasWrites ? some(50_000) : 0
        visible = some(30_000)
        reasoning = some(60_000)
    }

    private var prompt: Int64 { fresh + cached + written5m + written1h }
    private var output: Int64 { visible + reasoning }

    /// The classes of who tells reasoning apart.
    package var quantities: UsageQuantities {
        UsageQuantities([
            Quantity(.input, fresh), Quantity(.cacheRead, cached),
            Quantity(.cacheWrite5m, written5m), Quantity(.cacheWrite1h, written1h),
            Quantity(.output, visible), Quantity(.reasoning, reasoning),
        ]).withoutZeros
    }

    /// The classes of who does not.
    package var unsplit: UsageQuantities {
        var quantities = quantities
        quantities[.output] = nil
        quantities[.reasoning] = nil
        quantities[.outputUnsplit] = output
        return quantities.withoutZeros
    }

    package struct Saying: Sendable {
        package let name: String
        package let format: UsageFormat
        package let text: String
        package let tellsReasoning: Bool
    }

    /// The same meaning in every convention that can say it.
    package var sayings: [Saying] {
        var sayings = [
            Saying(
                name: "chat", format: .openAIChat,
                text: openAI("prompt", "completion", output: output), tellsReasoning: true),
            Saying(
                name: "chat, reasoning beside", format: .openAIChat,
                text: openAI("prompt", "completion", output: visible), tellsReasoning: true),
            Saying(
                name: "responses", format: .openAIResponses,
                text: openAI("input", "output", output: output), tellsReasoning: true),
            Saying(
                name: "messages", format: .anthropicMessages,
                text: """
                    {"input_tokens": \(fresh), "cache_read_input_tokens": \(cached),
                    "cache_creation_input_tokens": \(written5m + written1h), "cache_creation":
                    {"ephemeral_5m_input_tokens": \(written5m), "ephemeral_1h_input_tokens":
                    \(written1h)}, "output_tokens": \(output)}
                    """, tellsReasoning: false),
            Saying(
                name: "converse", format: .bedrockConverse,
                text: """
                    {"inputTokens": \(fresh), "outputTokens": \(output), "totalTokens":
                    \(prompt + output), "cacheReadInputTokens": \(cached), "cacheWriteInputTokens":
                    \(written5m + written1h), "cacheDetails": [{"ttl": "1h", "inputTokens":
                    \(written1h)}, {"ttl": "5m", "inputTokens": \(written5m)}]}
                    """, tellsReasoning: false),
        ]
        if written5m + written1h == 0 {
            sayings.append(
                Saying(
                    name: "gemini", format: .gemini,
                    text: """
                        {"promptTokenCount": \(prompt), "cachedContentTokenCount": \(cached),
                        "candidatesTokenCount": \(visible), "thoughtsTokenCount": \(reasoning),
                        "totalTokenCount": \(prompt + output)}
                        """, tellsReasoning: true))
        }
        return sayings
    }

    private func openAI(_ input: String, _ out: String, output: Int64) -> String {
        """
        {"\(input)_tokens": \(prompt), "\(out)_tokens": \(output), "total_tokens":
        \(prompt + visible + reasoning), "\(input)_tokens_details": {"cached_tokens": \(cached),
        "cache_creation_tokens": \(written5m + written1h), "cache_creation_token_details":
        {"ephemeral_5m_input_tokens": \(written5m), "ephemeral_1h_input_tokens": \(written1h)}},
        "\(out)_tokens_details": {"reasoning_tokens": \(reasoning)}}
        """
    }
}
