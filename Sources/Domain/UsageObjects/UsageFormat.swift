/// Whose shape a usage object has: how it is read, not who served the call. Gateways, and providers that
/// are compatible with another one, answer in that one's shape.
package enum UsageFormat: Hashable, Sendable, CaseIterable {
    case openAIChat
    case openAIResponses
    case openAIEmbeddings
    case anthropicMessages
    case gemini
    case bedrockConverse
}
