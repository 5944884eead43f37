import Core
import Domain

/// Decodes a page of `/organization/usage/completions`, or of `decisions`, which are counted alike.
///
/// OpenAI's `input_tokens` includes cached reads, cache writes, audio and image, and
/// `output_tokens` includes reasoning, audio and image; here they come apart into disjoint classes.
package enum OpenAIUsageReport {
    package static func decode(
        _ response: ProviderResponse, stream: String = "usage/completions"
    ) throws(ProviderError) -> ReportPage<NormalizedUsage> {
        let root = try ResponseCheck.report(response)
        do {
            return try ReportEnvelope.decode(
                root, bucket: OpenAIBucket.read
            ) { result, bucket throws(ProviderError) in
                try row(result, bucket: bucket, stream: stream)
            }
        } catch {
            throw error.answering(response)
        }
    }

    private static func row(
        _ result: JSONField, bucket: ReportWindow, stream: String
    ) throws(ProviderError) -> NormalizedUsage {
        let counts = try OpenAITokenCounts(result)
        let dimensions = try dimensions(result)
        return NormalizedUsage(
            naturalKey: NaturalKey.text(
                stream: stream, bucket: bucket, dimensions: dimensions.reported),
            bucket: bucket, dimensions: dimensions, quantities: counts.quantities,
            requests: try result.optionalCount("num_model_requests"),
            missingFields: counts.missingFields, contradictedField: counts.contradictedField)
    }

    private static func dimensions(_ result: JSONField) throws(ProviderError) -> ReportDimensions {
        let batch = try result.optional("batch")?.bool()
        let tier = try result.optionalText("service_tier")
        var dimensions = ReportDimensions()
        for name in ["project_id", "user_id", "api_key_id", "model"] {
            guard let value = try result.optionalText(name) else { continue }
            dimensions.reported.append(ReportedDimension(name, value))
            switch name {
            case "project_id": dimensions.project = value
            case "user_id": dimensions.user = value
            case "api_key_id": dimensions.apiKeyID = value
            default: dimensions.model = value
            }
        }
        if let batch { dimensions.reported.append(ReportedDimension("batch", "\(batch)")) }
        if let tier { dimensions.reported.append(ReportedDimension("service_tier", tier)) }
        dimensions.serviceTier = serviceTier(batch: batch, reported: tier)
        return dimensions
    }

    /// Batch jobs have the batch price whatever tier they name; `default` and tiers nobody has
    /// listed are priced as standard.
    private static func serviceTier(batch: Bool?, reported: String?) -> String {
        if batch == true { return "batch" }
        switch reported {
        case "flex", "priority", "batch": return reported ?? "standard"
        default: return "standard"
        }
    }
}

/// Reads start and end of a bucket, Unix seconds.
enum OpenAIBucket {
    static func read(_ bucket: JSONField) throws(ProviderError) -> ReportWindow {
        ReportWindow(
            from: try instant(bucket, "start_time"), through: try instant(bucket, "end_time"))
    }

    private static func instant(
        _ bucket: JSONField, _ name: String
    ) throws(ProviderError) -> Instant {
        let field = try bucket.required(name)
        let seconds = try field.count()
        // Beyond the year 9999 a time is a mistake, and microseconds would overflow.
        guard seconds < 253_402_300_800 else { throw field.wrongType() }
        return Instant(seconds: seconds)
    }
}
