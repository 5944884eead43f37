import ServiceRuntime

extension AuditedObject {
    /// Its id is source and id of the event, joined by a slash.
    static let event = Self("event")
    static let priceCatalogue = Self("price_catalogue")
    /// Its id is the version.
    static let attributionRules = Self("attribution_rules")
    static let priceOverride = Self("price_override")
    /// Its id is the version.
    static let sourceRanks = Self("source_ranks")
    /// Its id is the first and the last day, joined by a slash.
    static let repricing = Self("repricing")
}
