package import Core
package import Domain

/// A price file that is to be imported, or compared with what is known.
package struct PriceImport: Sendable {
    package let bytes: [UInt8]
    /// Name of the file.
    package let source: String
    /// Of which day it is, where the file does not say; of a CSV the newest date that it has.
    package let asOf: CivilDate?
    package let rules: PriceImportRules
    /// First instant of the prices that changed; nil: now.
    package let effectiveFrom: Instant?

    package init(
        bytes: [UInt8], source: String, asOf: CivilDate? = nil,
        rules: PriceImportRules = PriceImportRules(), effectiveFrom: Instant? = nil
    ) {
        self.bytes = bytes
        self.source = source
        self.asOf = asOf
        self.rules = rules
        self.effectiveFrom = effectiveFrom
    }
}

/// What an import changes, and why it may not.
package struct PriceImportPlan: Sendable {
    package struct Change: Sendable {
        package let before: PriceVersion
        package let row: PriceFile.Row
    }

    package let file: PriceFile
    package let asOf: CivilDate
    /// The catalogue that holds now; nil before the first.
    package let current: PriceCatalogueRecord?
    package let added: [PriceFile.Row]
    package let changed: [Change]
    package let unchangedCount: Int
    /// Models that the file lacks; they keep their price.
    package let unlisted: [PriceVersion]
    /// Why the file cannot follow what is known; nil where it can.
    package let refusal: PriceFileError?

    /// - Parameters:
    ///   - current: every version that is known.
    ///   - record: the newest import.
    /// - Throws: where the file cannot be read, or nothing says of which day it is.
    package init(
        _ asked: PriceImport, after current: PriceCatalogue, record: PriceCatalogueRecord?,
        now: Instant
    ) throws(PriceFileError) {
        let file = try PriceFile(parsing: asked.bytes)
        guard let asOf = file.asOf ?? asked.asOf else { throw PriceFileError(.dateMissing) }
        self.file = file
        self.asOf = asOf
        self.current = record
        var open = Dictionary(
            current.versions.filter { $0.validTo == nil }.map { ($0.price.name, $0) },
            uniquingKeysWith: { first, _ in first })
        var added: [PriceFile.Row] = []
        var changed: [Change] = []
        for row in file.rows {
            guard let before = open.removeValue(forKey: row.price.name) else {
                added.append(row)
                continue
            }
            if before.price != row.price { changed.append(Change(before: before, row: row)) }
        }
        self.added = added
        self.changed = changed
        unchangedCount = file.rows.count - added.count - changed.count
        unlisted = open.values.sorted { $0.id < $1.id }
        refusal = Self.refusal(
            of: file, asked, asOf: asOf, after: current, record: record, changed: changed, now: now)
    }

    private static func refusal(
        of file: PriceFile, _ asked: PriceImport, asOf: CivilDate, after current: PriceCatalogue,
        record: PriceCatalogueRecord?, changed: [Change], now: Instant
    ) -> PriceFileError? {
        if let known = record?.asOf, asOf < known { return PriceFileError(.stale) }
        let from = asked.effectiveFrom ?? now
        if let change = changed.first(where: {
            $0.before.validFrom.map { $0 >= from } ?? false
        }) {
            return PriceFileError(.changeScheduled, line: change.row.line, model: change.row.key)
        }
        do {
            try asked.rules.check(file, after: current)
            return nil
        } catch {
            return error
        }
    }
}
