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

    package struct AliasChange: Sendable {
        package let before: PriceAlias
        package let row: PriceFile.Alias
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
    package let addedAliases: [PriceFile.Alias]
    /// Those that name another model.
    package let changedAliases: [AliasChange]
    /// Those that the file lacks; they go on to hold.
    package let unlistedAliases: [PriceAlias]
    /// What of the file is not taken over.
    package let remarks: [PriceRemark]
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
        let aliases = AliasPlan(file, after: current)
        addedAliases = aliases.added
        changedAliases = aliases.changed
        unlistedAliases = aliases.unlisted
        remarks = file.remarks + aliases.remarks
        refusal =
            Self.refusal(of: asOf, after: record, now: now) ?? aliases.refusal
            ?? Self.refusal(
                of: file, asked, after: current, changed: changed, aliases: aliases.changed,
                now: now)
    }

    /// Whether the file's day can follow the one of the prices that are known.
    ///
    /// It may be tomorrow's of UTC, which somewhere is today. One that is later would make every right file
    /// stale, so what was imported under such a day counts as of the day after its import.
    private static func refusal(
        of asOf: CivilDate, after record: PriceCatalogueRecord?, now: Instant
    ) -> PriceFileError? {
        let dayAfter = { (instant: Instant) in
            OrganizationZone.utc.day(containing: instant).advanced(byDays: 1)
        }
        guard asOf <= dayAfter(now) else { return PriceFileError(.dateAhead) }
        guard let record, let known = record.asOf else { return nil }
        return asOf < min(known, dayAfter(record.importedAt)) ? PriceFileError(.stale) : nil
    }

    private static func refusal(
        of file: PriceFile, _ asked: PriceImport, after current: PriceCatalogue,
        changed: [Change], aliases: [AliasChange], now: Instant
    ) -> PriceFileError? {
        let from = asked.effectiveFrom ?? now
        if let change = changed.first(where: {
            $0.before.validFrom.map { $0 >= from } ?? false
        }) {
            return PriceFileError(.changeScheduled, line: change.row.line, model: change.row.key)
        }
        if let change = aliases.first(where: {
            $0.before.validFrom.map { $0 >= from } ?? false
        }) {
            return change.row.error(.changeScheduled)
        }
        do {
            try asked.rules.check(file, after: current)
            return nil
        } catch {
            return error
        }
    }
}

/// What a file's aliases come to beside the prices that are known.
private struct AliasPlan {
    private(set) var added: [PriceFile.Alias] = []
    private(set) var changed: [PriceImportPlan.AliasChange] = []
    private(set) var unlisted: [PriceAlias] = []
    private(set) var remarks: [PriceRemark] = []
    private(set) var refusal: PriceFileError?

    init(_ file: PriceFile, after current: PriceCatalogue) {
        let priced = Set(
            current.versions.map { [$0.price.provider, $0.price.model] }
                + file.rows.map { [$0.price.provider, $0.price.model] })
        var open = Dictionary(
            current.aliases.filter { $0.validTo == nil }.map { (PriceFile.Alias.Key($0), $0) },
            uniquingKeysWith: { first, _ in first })
        let known = Set(open.keys)
        var remarks = PriceRemarks()
        for row in file.aliases {
            let alias = row.alias
            let before = open.removeValue(forKey: row.key)
            guard priced.contains([alias.provider, alias.model]) else {
                let model = PriceFile.Alias.Key(provider: alias.provider, name: alias.model)
                refusal =
                    refusal ?? row.error(known.contains(model) ? .aliasChained : .aliasUnknown)
                continue
            }
            guard !priced.contains([alias.provider, alias.name]) else {
                remarks.add(.aliasHasPrice, field: "", model: alias.name)
                continue
            }
            guard let before else {
                added.append(row)
                continue
            }
            if before.model != alias.model { changed.append(.init(before: before, row: row)) }
        }
        unlisted = open.values.sorted { ($0.provider, $0.name) < ($1.provider, $1.name) }
        self.remarks = remarks.all
    }
}
