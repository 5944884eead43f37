package import Core

/// What a call's usage comes to, as the provider answered it: its convention mapped to disjoint classes.
///
/// One file for each provider says what its counts have in one another. Nothing is guessed or made up for:
/// counts that contradict one another are refused by name, and so is a total that its parts do not sum to,
/// which catches a count that nobody here knows yet.
package struct UsageObject: Hashable, Sendable {
    /// More than any call uses, and few enough that sums of them fit 64 bits.
    package static let countMax: Int64 = 1_000_000_000_000

    /// Classes above 0; none where all counts are 0.
    package var quantities = UsageQuantities()
    /// standard, batch, flex or priority, where the object says it.
    package var serviceTier: String?
    /// Region that the provider prices by, where the object says it.
    package var region: String?
    /// What the provider says that the call cost, where it does.
    package var cost: Money?

    /// Reads an object; nil for JSON null, which says that the provider gave none.
    ///
    /// Fields without a meaning are ignored, and null is like absent.
    /// - Parameter isPartial: Counts that the provider always gives may be absent.
    /// - Throws: `USAGE_OBJECT_MALFORMED`, `USAGE_CONTRADICTORY`, `USAGE_COUNT_MISSING`,
    ///   `USAGE_FIELD_MALFORMED`, `NEGATIVE_QUANTITY`, `QUANTITY_OUT_OF_RANGE` or
    ///   `USAGE_CACHE_LIFETIME_UNKNOWN`; the field is named from the object on.
    package static func read(
        _ text: String, as format: UsageFormat, isPartial: Bool = false
    ) throws(ServiceError) -> UsageObject? {
        let json = try parse(text)
        if json == .null { return nil }
        let usage = try UsageField(root: json)
        return switch format {
        case .openAIChat: try OpenAIUsage.read(usage, .chat, isPartial: isPartial)
        case .openAIResponses: try OpenAIUsage.read(usage, .responses, isPartial: isPartial)
        case .openAIEmbeddings: try OpenAIUsage.read(usage, .embeddings, isPartial: isPartial)
        case .anthropicMessages: try AnthropicUsage.read(usage, isPartial: isPartial)
        case .gemini: try GeminiUsage.read(usage, isPartial: isPartial)
        case .bedrockConverse: try BedrockUsage.read(usage, isPartial: isPartial)
        }
    }

    /// Adds to a class, unless there is nothing to add.
    mutating func add(_ quantityClass: QuantityClass, _ amount: Int64?) {
        guard let amount, amount > 0 else { return }
        quantities[quantityClass] = (quantities[quantityClass] ?? 0) + amount
    }

    mutating func add(_ quantityClass: QuantityClass, _ count: UsageCount?) {
        add(quantityClass, count?.amount)
    }

    private static func parse(_ text: String) throws(ServiceError) -> ExactJSON {
        do throws(ExactJSONError) {
            return try ExactJSONReader.parse(Array(text.utf8))
        } catch {
            let problem =
                switch error {
                case .truncated: "ends within a value"
                case .syntax(let offset): "is no JSON from byte \(offset) on"
                case .tooDeep: "is nested more than \(ExactJSONReader.depthMax) deep"
                case .duplicateName: "names a field twice"
                }
            throw ServiceError(
                .invalidArgument, "USAGE_OBJECT_MALFORMED",
                "The text \(problem); send the usage object as the provider answered it.")
        }
    }
}
