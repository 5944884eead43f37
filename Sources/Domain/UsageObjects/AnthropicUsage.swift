import Core

/// Anthropic's convention: input, cache reads and cache writes are beside one another; output has thinking
/// in it and does not tell it apart. There is no total.
enum AnthropicUsage {
    static func read(
        _ usage: UsageField, isPartial: Bool
    ) throws(ServiceError) -> UsageObject {
        var object = UsageObject()
        object.add(.input, try usage.count("input_tokens", isOptional: isPartial))
        object.add(.cacheRead, try usage.count("cache_read_input_tokens"))
        // Without a lifetime asked for, it is five minutes.
        let writes = try CacheWrites(
            total: try usage.count("cache_creation_input_tokens"),
            lifetimes: try usage.object("cache_creation"), undivided: .cacheWrite5m)
        writes.add(to: &object)
        object.add(.outputUnsplit, try usage.count("output_tokens", isOptional: isPartial))
        // Fetches of pages, which stand there too, cost nothing but their tokens.
        let tools = try usage.object("server_tool_use")
        object.add(.webSearchRequest, try tools?.count("web_search_requests"))
        object.serviceTier = serviceTier(try usage.text("service_tier"))
        // Only inference in the US has its own price.
        object.region = try usage.text("inference_geo") == "us" ? "us" : nil
        return object
    }

    private static func serviceTier(_ name: String?) -> String? {
        switch name {
        case "standard", "batch", "priority", "flex": name
        case "priority_on_demand": "priority"
        case "flex_discount": "flex"
        default: nil
        }
    }
}
