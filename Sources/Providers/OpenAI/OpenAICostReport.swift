import Core
package import Domain

/// Decodes a page of `/organization/costs`.
package enum OpenAICostReport {
    package static func decode(
        _ response: ProviderResponse
    ) throws(ProviderError) -> ReportPage<NormalizedCharge> {
        let root = try ResponseCheck.report(response)
        do {
            return try ReportEnvelope.decode(root, bucket: OpenAIBucket.read, row: row)
        } catch {
            throw error.answering(response)
        }
    }

    private static func row(
        _ result: JSONField, bucket: ReportWindow
    ) throws(ProviderError) -> NormalizedCharge {
        let amount = try result.required("amount")
        // The reference says number, the wire says string; both are read to the last digit.
        let value = try amount.required("value")
        let money = try value.money(currency: amount.required("currency"))
        var dimensions = ReportDimensions()
        for name in ["project_id", "line_item", "api_key_id", "user_id"] {
            guard let value = try result.optionalText(name) else { continue }
            dimensions.reported.append(ReportedDimension(name, value))
            switch name {
            case "project_id": dimensions.project = value
            case "line_item": dimensions.lineItem = value
            case "api_key_id": dimensions.apiKeyID = value
            default: dimensions.user = value
            }
        }
        let unit = try result.optionalText("quantity_unit")
        let meter = OpenAILineItem(dimensions.lineItem, unit: unit)
        dimensions.model = meter.model ?? ""
        return NormalizedCharge(
            naturalKey: NaturalKey.text(
                stream: "costs", bucket: bucket,
                dimensions: dimensions.reported + [
                    ReportedDimension("currency", money.currency.code)
                ]),
            bucket: bucket, dimensions: dimensions, amount: money,
            reportedAmount: try value.decimalText(),
            quantity: try result.optional("quantity")?.decimalText(),
            quantityUnit: unit,
            quantityClass: meter.quantityClass)
    }
}

/// What a line item such as `gpt-6-sol, input_tokens` stands for.
///
/// OpenAI promises no grammar, so what is not surely a model and one of its meters stays opaque: the
/// unit, or the meter's name where that is tokens, has to be one we know.
package struct OpenAILineItem: Hashable, Sendable {
    package let model: String?
    package let quantityClass: QuantityClass?

    package init(_ text: String, unit: String? = nil) {
        let parts = text.split(separator: ", ", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty,
            let meter = unit.flatMap({ Self.units[$0] }) ?? Self.meters[String(parts[1])]
        else {
            self.model = nil
            self.quantityClass = nil
            return
        }
        self.model = String(parts[0])
        self.quantityClass = meter
    }

    private static let units: [String: QuantityClass] = [
        "images": .image, "characters": .character, "duration_seconds": .audioSecond,
    ]

    private static let meters: [String: QuantityClass] = [
        "input": .input,
        "input_tokens": .input,
        "input_cached_tokens": .cacheRead,
        "cached_input_tokens": .cacheRead,
        "cached input": .cacheRead,
        // All lifetimes together: the bill does not divide them.
        "input_cache_write_tokens": .cacheWrite,
        "cache write": .cacheWrite,
        // Visible output and reasoning together.
        "output": .outputUnsplit,
        "output_tokens": .outputUnsplit,
    ]
}
