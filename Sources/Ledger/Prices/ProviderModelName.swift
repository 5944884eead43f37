/// How providers, and gateways before them, write the name of a model around the name itself.
///
/// The one place of such rules. A rule only takes off what says where a model is, never what says which one it
/// is: `-latest`, a version or a size are names of their own, and so is the geography of an inference profile
/// of Bedrock, which may cost something else. Those are data of the catalogue: prices and aliases.
package enum ProviderModelName {
    /// What stands before a model's name, besides the provider's own name and a slash.
    private static let routes: [String: [String]] = [
        // LiteLLM's, OpenRouter's, and the API's own resource names (`models/{model}`).
        "google-gemini-api": ["gemini/", "google/", "models/"],
        "google-vertex-ai": ["vertex_ai/", "google/", "publishers/google/models/"],
        "azure": ["azure_ai/"],
        "aws-bedrock": ["bedrock/", "converse/"],
        "mistral": ["mistralai/"],
        "xai": ["x-ai/"],
        "moonshot": ["moonshotai/"],
        "zai": ["z-ai/"],
        "dashscope": ["qwen/"],
    ]

    /// The name as it was given, then without what stands before it, layer by layer; mostly the first alone.
    package static func forms(of model: String, provider: String) -> [String] {
        var forms = [model]
        while let last = forms.last, let inner = unwrapped(last, provider) { forms.append(inner) }
        return forms
    }

    /// Nil where nothing stands before the name.
    private static func unwrapped(_ name: String, _ provider: String) -> String? {
        switch provider {
        case "aws-bedrock":
            if let resource = bedrockResource(name) { return resource }
        case "google-vertex-ai":
            if let resource = vertexResource(name) { return resource }
        default: break
        }
        for route in [provider + "/"] + (routes[provider] ?? []) {
            guard name.utf8.starts(with: route.utf8), name.utf8.count > route.utf8.count else {
                continue
            }
            return String(decoding: name.utf8.dropFirst(route.utf8.count), as: UTF8.self)
        }
        return nil
    }

    /// `arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-5-5`, or of a
    /// foundation model, which has no account. What an application inference profile is made of, or
    /// provisioned throughput, its ARN does not say.
    private static func bedrockResource(_ name: String) -> String? {
        // The name of a model may have colons, too.
        let parts = name.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "bedrock",
            ["aws", "aws-cn", "aws-us-gov"].contains(parts[1])
        else { return nil }
        for kind in ["inference-profile/", "foundation-model/"]
        where parts[5].hasPrefix(kind) && parts[5].utf8.count > kind.utf8.count {
            return String(parts[5].dropFirst(kind.count))
        }
        return nil
    }

    /// `projects/p/locations/l/publishers/google/models/gemini-3.8-flash`.
    private static func vertexResource(_ name: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 8, parts[0] == "projects", parts[2] == "locations",
            parts[4...6] == ["publishers", "google", "models"], !parts[7].isEmpty
        else { return nil }
        return String(parts[7])
    }
}
