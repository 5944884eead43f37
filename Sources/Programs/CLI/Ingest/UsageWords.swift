import API

/// Words for what is known of usage, and for the shapes of usage objects.
enum UsageWords {
    static let states: [(name: String, state: UsageState)] = [
        ("reported", .reported), ("partial", .partial), ("missing", .missing),
        ("pending", .pending),
    ]

    static let formats: [(name: String, format: UsageFormat)] = [
        ("openai_chat", .openaiChat), ("openai_responses", .openaiResponses),
        ("openai_embeddings", .openaiEmbeddings), ("anthropic_messages", .anthropicMessages),
        ("gemini", .gemini), ("bedrock_converse", .bedrockConverse),
    ]

    static func state(_ text: String) throws(EventProblem) -> UsageState {
        guard let known = states.first(where: { $0.name == text }) else {
            throw EventProblem(
                "USAGE_STATE_UNKNOWN", field: EventField.usageState.rawValue,
                "Write one of \(states.map(\.name).joined(separator: ", ")).")
        }
        return known.state
    }

    static func format(_ text: String) throws(EventProblem) -> UsageFormat {
        guard let known = formats.first(where: { $0.name == text }) else {
            throw EventProblem(
                "USAGE_FORMAT_UNKNOWN", field: EventField.usageFormat.rawValue,
                "Write one of \(formats.map(\.name).joined(separator: ", ")).")
        }
        return known.format
    }

    static func name(_ state: UsageState) -> String {
        states.first { $0.state == state }?.name ?? "\(state)"
    }
}
