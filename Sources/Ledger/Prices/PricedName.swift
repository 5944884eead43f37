/// What a key of a price file names.
enum PricedName {
    /// Routes whose keys may name a region behind them: `azure/us/gpt-5.4`.
    private static let routesWithRegions: Set<String> = ["azure", "bedrock"]

    /// `azure/us/gpt-5.4` is gpt-5.4 in region us, `gemini/x` is x everywhere and `groq/openai/x` is
    /// openai/x everywhere: what follows the route is the provider's own name of the model.
    static func parts(of key: String) -> (region: String, model: String) {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count > 2, routesWithRegions.contains(parts[0]) {
            return (parts[1], parts.dropFirst(2).joined(separator: "/"))
        }
        return ("", parts.dropFirst(parts.count > 1 ? 1 : 0).joined(separator: "/"))
    }
}
