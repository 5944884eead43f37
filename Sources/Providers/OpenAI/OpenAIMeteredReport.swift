import Core
import Domain

/// Decodes pages of OpenAI's usage reports that count one thing each: embeddings, images, speech,
/// searches, stored bytes.
struct OpenAIMeteredReport: Sendable {
    /// What a row is about, by the provider's name for it.
    enum Dimension: String, Sendable {
        case project = "project_id"
        case user = "user_id"
        case apiKey = "api_key_id"
        case model
        case imageSize = "size"
        case imageSource = "source"
        case vectorStore = "vector_store_id"
        case searchContext = "context_level"
    }

    /// Begins the rows' natural keys.
    let stream: String
    /// The field that counts, and what it counts.
    let measure: (field: String, quantityClass: QuantityClass)
    /// The field that counts requests to a model which no other report counts; nil for none.
    let requests: String?
    /// What the report is grouped by, in the order of natural keys.
    let dimensions: [Dimension]

    func decode(
        _ response: ProviderResponse
    ) throws(ProviderError) -> ReportPage<NormalizedUsage> {
        let root = try ResponseCheck.report(response)
        do {
            return try ReportEnvelope.decode(root, bucket: OpenAIBucket.read, row: row)
        } catch {
            throw error.answering(response)
        }
    }

    private func row(
        _ result: JSONField, bucket: ReportWindow
    ) throws(ProviderError) -> NormalizedUsage {
        var values = ReportDimensions()
        // No tier is told of any of these, and none has a price of its own.
        values.serviceTier = "standard"
        for dimension in dimensions {
            guard let value = try result.optionalText(dimension.rawValue) else { continue }
            values.reported.append(ReportedDimension(dimension.rawValue, value))
            values.set(dimension, value)
        }
        let amount = try result.required(measure.field).count()
        return NormalizedUsage(
            naturalKey: NaturalKey.text(
                stream: stream, bucket: bucket, dimensions: values.reported),
            bucket: bucket, dimensions: values,
            quantities: UsageQuantities([Quantity(measure.quantityClass, amount)]),
            requests: try requests.flatMap { name throws(ProviderError) in
                try result.optionalCount(name)
            },
            missingFields: [], contradictedField: nil)
    }
}

extension ReportDimensions {
    fileprivate mutating func set(_ dimension: OpenAIMeteredReport.Dimension, _ value: String) {
        switch dimension {
        case .project: project = value
        case .user: user = value
        case .apiKey: apiKeyID = value
        case .model: model = value
        case .imageSize: tags.append(ReportedDimension("image_size", value))
        case .imageSource: tags.append(ReportedDimension("image_source", value))
        case .vectorStore: tags.append(ReportedDimension("vector_store", value))
        case .searchContext: tags.append(ReportedDimension("search_context", value))
        }
    }
}
