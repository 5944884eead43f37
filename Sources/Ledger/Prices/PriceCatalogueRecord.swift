package import Core
package import Domain

/// One import that became the newest catalogue.
package struct PriceCatalogueRecord: Hashable, Sendable {
    package let id: Int64
    /// Name of the file.
    package let source: String
    package let format: PriceFile.Format
    package let importedAt: Instant
    /// Of which day the file was; nil where nobody said.
    package let asOf: CivilDate?
}

/// Where a price version came from.
package struct PriceOrigin: Hashable, Sendable {
    /// Dataset and page that the file names.
    package let facts: String
    /// The import that brought it.
    package let catalogue: PriceCatalogueRecord
}
