import Domain

/// The prices of one `prices.csv`, read whole or refused whole.
///
/// Columns: `deploy/catalogue/README.md`. Values are USD per million tokens; an empty one is not
/// published, 0 is free.
package struct PriceFile: Sendable {
    package struct Row: Sendable {
        package let line: Int
        package let price: ModelPrice
        /// Dataset and page the facts are from.
        package let source: String
    }

    /// One a model; where the file names a model twice, the first row.
    package let rows: [Row]

    package init(parsing bytes: [UInt8]) throws(PriceFileError) {
        let table = CommaSeparatedValues(bytes)
        guard let header = table.records.first else { throw PriceFileError(.empty) }
        guard !table.isTruncated else {
            throw PriceFileError(.truncated, line: table.records.last?.line ?? 0)
        }
        for column in PriceRowReader.requiredColumns where !header.fields.contains(column) {
            throw PriceFileError(.columnMissing, line: header.line, column: column)
        }
        var rows: [Row] = []
        var seen: Set<[String]> = []
        for record in table.records.dropFirst() {
            guard record.fields.count == header.fields.count else {
                throw PriceFileError(.truncated, line: record.line)
            }
            let reader = PriceRowReader(header: header.fields, record: record)
            guard let row = try reader.read() else { continue }
            let key = [row.price.provider, row.price.region, row.price.model]
            if seen.insert(key).inserted { rows.append(row) }
        }
        guard !rows.isEmpty else { throw PriceFileError(.empty) }
        self.rows = rows
    }

    /// Refuses a file that cannot be the successor of what is known.
    package func checkPlausible(after current: PriceCatalogue) throws(PriceFileError) {
        let open = current.versions.filter { $0.validTo == nil }
        let known = Dictionary(
            open.map { ([$0.price.provider, $0.price.region, $0.price.model], $0.price) },
            uniquingKeysWith: { first, _ in first })
        var found = 0
        for row in rows {
            let key = [row.price.provider, row.price.region, row.price.model]
            guard let before = known[key] else { continue }
            found += 1
            for (quantityClass, rate) in row.price.base {
                guard let old = before.base[quantityClass], Self.jumped(old, rate) else { continue }
                throw PriceFileError(
                    .priceJumped, line: row.line, column: quantityClass.rawValue)
            }
        }
        guard found * 2 >= known.count else { throw PriceFileError(.modelsVanished) }
    }

    private static func jumped(_ old: Rate, _ new: Rate) -> Bool {
        guard old.value.coefficient > 0, new.value.coefficient > 0 else { return false }
        let hundred = ExactDecimal(100)
        guard let ceiling = old.value.multiplied(by: hundred),
            let raised = new.value.multiplied(by: hundred)
        else { return true }
        return ceiling < new.value || raised < old.value
    }
}

extension ExactDecimal {
    /// Compares over one power of ten; rates have far fewer than 20 digits before the point.
    static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
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
