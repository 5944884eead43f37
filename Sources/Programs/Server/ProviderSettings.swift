import Configuration
import Core
import Providers

/// Where the server tests keys, by the same variables as those of the workers that pull.
struct ProviderSettings: Sendable {
    /// `TALLY_OPENAI_BASE_URL`. Default `https://api.openai.com`.
    let openAI: ProviderEndpoint
    /// `TALLY_ANTHROPIC_BASE_URL`. Default `https://api.anthropic.com`.
    let anthropic: ProviderEndpoint
    /// `TALLY_OPENROUTER_BASE_URL`. Default `https://openrouter.ai/api`.
    let openRouter: ProviderEndpoint
    /// `TALLY_KEY_TESTS_MAX`: keys tested at once, 1 to 64. Default 8.
    let testsMax: Int

    init(reader: ConfigReader) throws {
        // For networks that are trusted as a whole, such as one of containers.
        let plaintext = reader.scoped(to: "tally").bool(
            forKey: "providers.plaintext", default: false)
        openAI =
            try Self.endpoint("TALLY_OPENAI_BASE_URL", plaintext, reader) ?? .openAI
        anthropic =
            try Self.endpoint("TALLY_ANTHROPIC_BASE_URL", plaintext, reader) ?? .anthropic
        openRouter =
            try Self.endpoint("TALLY_OPENROUTER_BASE_URL", plaintext, reader) ?? .openRouter
        testsMax = try NumberSettings(reader: reader).number(
            "TALLY_KEY_TESTS_MAX", 1...64, default: 8)
    }

    private static func endpoint(
        _ variable: String, _ allowsPlaintext: Bool, _ reader: ConfigReader
    ) throws -> ProviderEndpoint? {
        guard let url = reader.string(forVariable: variable), !url.isEmpty else { return nil }
        return try ProviderEndpoint(url, allowsPlaintext: allowsPlaintext)
    }
}
