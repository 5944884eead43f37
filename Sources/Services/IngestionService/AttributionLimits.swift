/// Bounds of a version of attribution rules, in the units that their names say.
enum AttributionLimits {
    static let rulesMax = 500
    static let nameBytesMax = 100
    static let conditionsMax = 16
    static let valuesMax = 1_000
    static let prefixesMax = 100
    static let mappingLinesMax = 10_000
    /// Tags that a set may derive beside those that events bring.
    static let tagTargetsMax = 32
    /// Of the rules as JSON: with the version before, they fit a row of the audit log and its answer.
    static let jsonBytesMax = 1 << 20
    /// Of an organization; years of several a day.
    static let versionsMax: Int64 = 10_000
    static let aheadSecondsMax: Int64 = 366 * 86_400
}
