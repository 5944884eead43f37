package import Domain

/// The prices of one file, read whole or refused whole: our `prices.csv`, or LiteLLM's price map.
///
/// Columns of the CSV: `deploy/catalogue/README.md`. Values are USD per million tokens; an empty one is
/// not published, 0 is free.
package struct PriceFile: Sendable {
    package struct Row: Sendable {
        /// Line of a CSV; 0 elsewhere.
        package let line: Int
        /// Key in a price map; empty elsewhere.
        package let key: String
        package let price: ModelPrice
        /// Dataset and page the facts are from.
        package let source: String

        init(line: Int = 0, key: String = "", price: ModelPrice, source: String) {
            self.line = line
            self.key = key
            self.price = price
            self.source = source
        }
    }

    /// Another name of a model.
    package struct Alias: Sendable {
        /// What tells it from other aliases of a catalogue.
        package struct Key: Hashable, Sendable {
            let provider: String
            let name: String

            init(provider: String, name: String) {
                self.provider = provider
                self.name = name
            }

            init(_ alias: PriceAlias) {
                self.init(provider: alias.provider, name: alias.name)
            }
        }

        /// Line of a CSV.
        package let line: Int
        package let alias: PriceAlias

        var key: Key { Key(alias) }
    }

    /// What a file is written in.
    package enum Format: String, Sendable {
        case csv
        case liteLLM = "litellm"
    }

    package let format: Format
    /// One a model; where the file names a model twice, the first row.
    package let rows: [Row]
    /// One a name. A price map has none: it names each model with its price as often as it has names.
    package let aliases: [Alias]
    /// Newest day that the file says its facts are of; nil where it says none.
    package let asOf: CivilDate?
    /// What is not taken over.
    package let remarks: [PriceRemark]

    /// Rates above this many USD per million, or per counted thing, are taken for a wrong unit.
    static let rateMax = ExactDecimal(10_000)

    /// Which of the formats it is, its first byte tells: an object of JSON begins by a brace.
    package init(parsing bytes: [UInt8]) throws(PriceFileError) {
        let isSpace = { (byte: UInt8) in [0x20, 0x09, 0x0A, 0x0D].contains(byte) }
        if bytes.first(where: { !isSpace($0) }) == UInt8(ascii: "{") {
            let map = try LiteLLMPriceMap(parsing: bytes)
            self.init(
                format: .liteLLM, rows: map.rows, aliases: [], asOf: nil, remarks: map.remarks)
        } else {
            try self.init(csv: bytes)
        }
    }

    private init(csv bytes: [UInt8]) throws(PriceFileError) {
        let table = CommaSeparatedValues(bytes)
        guard let header = table.records.first else { throw PriceFileError(.empty) }
        guard !table.isTruncated else {
            throw PriceFileError(.truncated, line: table.records.last?.line ?? 0)
        }
        for column in PriceRowReader.requiredColumns where !header.fields.contains(column) {
            throw PriceFileError(.columnMissing, line: header.line, column: column)
        }
        var rows: [Row] = []
        var aliases: [Alias] = []
        var days: [CivilDate] = []
        var seen: Set<[String]> = []
        var remarks = PriceRemarks()
        for record in table.records.dropFirst() {
            guard record.fields.count == header.fields.count else {
                throw PriceFileError(.truncated, line: record.line)
            }
            let reader = PriceRowReader(header: header.fields, record: record)
            if reader.isAlias {
                let (alias, day) = try reader.readAlias()
                days.append(day)
                aliases.append(alias)
                continue
            }
            guard let (row, day) = try reader.read(&remarks) else { continue }
            days.append(day)
            if seen.insert(row.price.name).inserted { rows.append(row) }
        }
        guard !rows.isEmpty || !aliases.isEmpty else { throw PriceFileError(.empty) }
        self.init(
            format: .csv, rows: rows, aliases: try Self.distinct(aliases, beside: rows),
            asOf: days.max(), remarks: remarks.all)
    }

    /// One a name, the first; refused where the file's names do not each mean one model.
    private static func distinct(
        _ aliases: [Alias], beside rows: [Row]
    ) throws(PriceFileError) -> [Alias] {
        let priced = Set(rows.map { [$0.price.provider, $0.price.model] })
        let models = Dictionary(
            aliases.map { ($0.key, $0.alias.model) }, uniquingKeysWith: { first, _ in first })
        var known: Set<Alias.Key> = []
        var distinct: [Alias] = []
        for row in aliases {
            let alias = row.alias
            guard models[row.key] == alias.model, !priced.contains([alias.provider, alias.name])
            else { throw row.error(.aliasAmbiguous) }
            let next = Alias.Key(provider: alias.provider, name: alias.model)
            guard models[next] == nil else { throw row.error(.aliasChained) }
            if known.insert(row.key).inserted { distinct.append(row) }
        }
        return distinct
    }

    private init(
        format: Format, rows: [Row], aliases: [Alias], asOf: CivilDate?, remarks: [PriceRemark]
    ) {
        self.format = format
        self.rows = rows
        self.aliases = aliases
        self.asOf = asOf
        self.remarks = remarks
    }
}

extension PriceFile.Alias {
    func error(_ problem: PriceFileError.Problem) -> PriceFileError {
        PriceFileError(problem, line: line, column: "alias_of", model: alias.name)
    }
}

extension ExactDecimal {
    /// Compares over one power of ten; rates have far fewer than 20 digits before the point.
    package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        let scale = max(left.scale, right.scale)
        let align = { (value: ExactDecimal) -> Int128? in
            var coefficient = value.coefficient
            for _ in value.scale..<max(scale, value.scale) {
                let (next, overflow) = coefficient.multipliedReportingOverflow(by: 10)
                if overflow { return nil }
                coefficient = next
            }
            return coefficient
        }
        switch (align(left), align(right)) {
        case (let left?, let right?): return left < right
        case (nil, _): return left.isNegative
        case (_, nil): return !right.isNegative
        }
    }
}
