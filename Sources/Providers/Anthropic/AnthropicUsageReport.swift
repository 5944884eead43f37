import Core
import Domain

/// Decodes a page of the Messages Usage Report.
///
/// The four input counters are disjoint already; output holds reasoning. The report counts no
/// requests and gives no total, so that nothing in it can contradict itself.
package enum AnthropicUsageReport {
    package static func decode(
        _ response: ProviderResponse
    ) throws(ProviderError) -> ReportPage<NormalizedUsage> {
        let root = try ResponseCheck.report(response)
        do {
            return try ReportEnvelope.decode(root, bucket: AnthropicBucket.read, row: row)
        } catch {
            throw error.answering(response)
        }
    }

    private static func row(
        _ result: JSONField, bucket: ReportWindow
    ) throws(ProviderError) -> NormalizedUsage {
        var missing: [String] = []
        let creation = try result.optional("cache_creation")
        if creation == nil { missing.append("cache_creation") }
        let tools = try result.optional("server_tool_use")
        if tools == nil { missing.append("server_tool_use") }
        let quantities: [Quantity] = [
            Quantity(.input, try result.required("uncached_input_tokens").count()),
            Quantity(.cacheRead, try result.required("cache_read_input_tokens").count()),
            Quantity(.cacheWrite5m, try creation?.optionalCount("ephemeral_5m_input_tokens") ?? 0),
            Quantity(.cacheWrite1h, try creation?.optionalCount("ephemeral_1h_input_tokens") ?? 0),
            Quantity(.outputUnsplit, try result.required("output_tokens").count()),
            Quantity(.webSearchRequest, try tools?.optionalCount("web_search_requests") ?? 0),
        ]
        var dimensions = ReportDimensions()
        dimensions.reported = try AnthropicDimensions.reported(
            result,
            [
                "workspace_id", "api_key_id", "model", "service_tier", "context_window",
                "inference_geo", "account_id", "service_account_id", "speed",
            ])
        // Null where we group by it means the default workspace, and the Console's playground.
        dimensions.project = try result.optionalText("workspace_id") ?? "default"
        dimensions.apiKeyID = try result.optionalText("api_key_id") ?? ""
        // Whoever is signed in; a key's calls have none.
        dimensions.user = try result.optionalText("account_id") ?? ""
        if let account = try result.optionalText("service_account_id") {
            dimensions.tags.append(ReportedDimension("service_account", account))
        }
        // What is as fast as ever has no tag, as rows of before have none.
        if let speed = try result.optionalText("speed"), speed != "standard" {
            dimensions.tags.append(ReportedDimension("speed", speed))
        }
        dimensions.model = try result.optionalText("model") ?? ""
        dimensions.serviceTier = AnthropicDimensions.serviceTier(
            try result.optionalText("service_tier") ?? "standard")
        dimensions.contextTier = try result.optionalText("context_window") ?? ""
        dimensions.region = AnthropicDimensions.region(try result.optionalText("inference_geo"))
        return NormalizedUsage(
            naturalKey: NaturalKey.text(
                stream: "usage/messages", bucket: bucket, dimensions: dimensions.reported),
            bucket: bucket, dimensions: dimensions,
            quantities: UsageQuantities(quantities), requests: nil,
            missingFields: missing, contradictedField: nil)
    }
}

/// Reads start and end of a bucket, RFC 3339.
enum AnthropicBucket {
    static func read(_ bucket: JSONField) throws(ProviderError) -> ReportWindow {
        ReportWindow(
            from: try instant(bucket, "starting_at"), through: try instant(bucket, "ending_at"))
    }

    private static func instant(
        _ bucket: JSONField, _ name: String
    ) throws(ProviderError) -> Instant {
        let field = try bucket.required(name)
        let text = try field.text()
        guard let instant = try? Instant(rfc3339: text) else { throw field.wrongType() }
        return instant
    }
}

/// Anthropic's dimensions in the ledger's words.
enum AnthropicDimensions {
    static func reported(
        _ result: JSONField, _ names: [String]
    ) throws(ProviderError) -> [ReportedDimension] {
        var reported: [ReportedDimension] = []
        for name in names {
            guard let value = try result.optionalText(name) else { continue }
            reported.append(ReportedDimension(name, value))
        }
        return reported
    }

    /// The tier whose prices apply; tiers nobody has listed are priced as standard.
    static func serviceTier(_ reported: String) -> String {
        switch reported {
        case "batch", "priority", "flex": reported
        case "priority_on_demand": "priority"
        case "flex_discount": "flex"
        default: "standard"
        }
    }

    /// Only inference in the US has its own price.
    static func region(_ inferenceGeo: String?) -> String {
        inferenceGeo == "us" ? "us" : ""
    }

    /// A line of the bill that names where inference ran, and that it was not the US, is for that
    /// usage alone; one that names nothing is for all.
    static func billedRegion(_ inferenceGeo: String?) -> String {
        guard let inferenceGeo else { return "" }
        return inferenceGeo == "us" ? "us" : "global"
    }
}
