package import Domain

/// One row of a provider's usage report, its quantities in the ledger's disjoint classes.
package struct NormalizedUsage: Hashable, Sendable {
    /// Names the row in its account, whatever its quantities: the same row read again has the same
    /// key, so that it replaces instead of adding.
    package let naturalKey: String
    package let bucket: ReportWindow
    package let dimensions: ReportDimensions
    /// Classes that are not zero.
    package let quantities: UsageQuantities
    /// Requests of the row; nil where the provider does not count them.
    package let requests: Int64?
    /// Fields that the provider left out, by its own names: left out is not zero.
    package let missingFields: [String]
    /// The total that the parts contradict, by the provider's name. The row is kept as its parts
    /// say; nothing is invented to make up a difference.
    package let contradictedField: String?

    package init(
        naturalKey: String, bucket: ReportWindow, dimensions: ReportDimensions,
        quantities: UsageQuantities, requests: Int64?, missingFields: [String],
        contradictedField: String?
    ) {
        self.naturalKey = naturalKey
        self.bucket = bucket
        self.dimensions = dimensions
        self.quantities = UsageQuantities(quantities.all.filter { $0.amount != 0 })
        self.requests = requests
        self.missingFields = missingFields
        self.contradictedField = contradictedField
    }
}

/// Who and what a row of a report is about, in the ledger's words.
package struct ReportDimensions: Hashable, Sendable {
    /// The provider's project or workspace; empty where the row belongs to none.
    package var project = ""
    /// Empty where no key made the call, or the report does not tell.
    package var apiKeyID = ""
    package var user = ""
    /// Empty where the row names no model.
    package var model = ""
    /// `standard`, `batch`, `flex` or `priority`; empty where a charge does not tell.
    package var serviceTier = ""
    /// The provider's own word for the context size it prices by, such as `200k-1M`.
    package var contextTier = ""
    /// Empty where the price does not depend on it; on a charge, `global` says that the line is for
    /// no region of its own price, and empty that it names none.
    package var region = ""
    /// The bill's own name of what is charged; empty on usage.
    package var lineItem = ""
    /// What else the provider tells apart, such as the size of images, by the ledger's tags.
    package var tags: [ReportedDimension] = []
    /// As the provider wrote them, without nulls: name and value, in a fixed order.
    package var reported: [ReportedDimension] = []

    package init() {}
}

/// One dimension in the provider's words.
package struct ReportedDimension: Hashable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
