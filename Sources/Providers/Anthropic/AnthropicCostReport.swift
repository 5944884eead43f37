import Core
import Domain

/// Decodes a page of the Cost Report, whose amounts are strings of cents.
package enum AnthropicCostReport {
    package static func decode(
        _ response: ProviderResponse
    ) throws(ProviderError) -> ReportPage<NormalizedCharge> {
        let root = try ResponseCheck.report(response)
        do {
            return try ReportEnvelope.decode(root, bucket: AnthropicBucket.read, row: row)
        } catch {
            throw error.answering(response)
        }
    }

    private static func row(
        _ result: JSONField, bucket: ReportWindow
    ) throws(ProviderError) -> NormalizedCharge {
        let field = try result.required("amount")
        // "In the lowest currency unit (cents)": 123.45 is USD 1.2345.
        let amount = try field.money(currency: result.required("currency"), powerOfTen: -2)
        var dimensions = ReportDimensions()
        dimensions.reported = try AnthropicDimensions.reported(
            result,
            [
                "workspace_id", "description", "cost_type", "model", "token_type",
                "context_window", "service_tier", "inference_geo",
            ])
        dimensions.project = try result.optionalText("workspace_id") ?? "default"
        dimensions.lineItem = try result.optionalText("description") ?? ""
        dimensions.model = try result.optionalText("model") ?? ""
        dimensions.serviceTier =
            try result.optionalText("service_tier").map(AnthropicDimensions.serviceTier) ?? ""
        dimensions.contextTier = try result.optionalText("context_window") ?? ""
        dimensions.region = AnthropicDimensions.billedRegion(
            try result.optionalText("inference_geo"))
        return NormalizedCharge(
            naturalKey: NaturalKey.text(
                stream: "cost_report", bucket: bucket,
                dimensions: dimensions.reported + [
                    ReportedDimension("currency", amount.currency.code)
                ]),
            bucket: bucket, dimensions: dimensions, amount: amount,
            reportedAmount: try field.decimalText(), quantity: nil, quantityUnit: nil,
            quantityClass: try quantityClass(result))
    }

    private static func quantityClass(
        _ result: JSONField
    ) throws(ProviderError) -> QuantityClass? {
        switch try result.optionalText("cost_type") {
        case "tokens": try result.optionalText("token_type").flatMap { tokenTypes[$0] }
        case "web_search": .webSearchRequest
        default: nil
        }
    }

    private static let tokenTypes: [String: QuantityClass] = [
        "uncached_input_tokens": .input,
        "cache_read_input_tokens": .cacheRead,
        "cache_creation.ephemeral_5m_input_tokens": .cacheWrite5m,
        "cache_creation.ephemeral_1h_input_tokens": .cacheWrite1h,
        // Visible output and reasoning together.
        "output_tokens": .outputUnsplit,
    ]
}
