import Core
import Domain
package import Postgres

/// How many seconds old the newest price catalogue is: since the day that its file is of began, in UTC, or, where
/// nobody said of which, or of one that is yet to come, since its import.
package struct SelectPriceCatalogueAge: PostgresStatement {
    package static let sql = """
        SELECT greatest(0, extract(epoch FROM
            now() - least(as_of::timestamp AT TIME ZONE 'UTC', imported_at)))::bigint
        FROM price_catalogues
        ORDER BY id DESC
        LIMIT 1
        """

    package init() {}

    package static func decode(_ row: PostgresRow) throws -> Int64 {
        try row.int64(0)
    }
}

/// Every price version.
struct SelectPriceVersions: PostgresStatement {
    static let sql = """
        SELECT id, provider, region, model, currency, valid_from, valid_to, rates::text
        FROM price_versions
        ORDER BY id
        """

    static func decode(_ row: PostgresRow) throws -> PriceVersion {
        let document = try RatesDocument(json: try row.string(7))
        return PriceVersion(
            id: try row.int64(0),
            price: try document.price(
                provider: try row.string(1), region: try row.string(2), model: try row.string(3),
                currency: try Currency(try row.string(4))),
            validFrom: try row.optionalInstant(5), validTo: try row.optionalInstant(6))
    }
}

/// Makes imports go one after another, until the transaction ends.
struct LockPriceCatalogues: PostgresStatement {
    typealias Row = Void

    // An arbitrary number that nothing else locks.
    static let sql = "SELECT pg_advisory_xact_lock(6120954417)"
}

/// The newest import; no row before the first.
struct SelectNewestCatalogue: PostgresStatement {
    static let sql = """
        SELECT id, source, format, imported_at, as_of - date '1970-01-01'
        FROM price_catalogues
        ORDER BY id DESC
        LIMIT 1
        """

    static func decode(_ row: PostgresRow) throws -> PriceCatalogueRecord {
        try PriceCatalogueRecord(row: row)
    }
}

/// Records an import; no row where the same file was imported before.
///
/// The checksum is of the file and of the rules it is read by: after a change of these the same file
/// says something else.
struct InsertCatalogue: PostgresStatement {
    let source: String
    let file: [UInt8]
    let reading: Int
    let format: PriceFile.Format
    let asOf: CivilDate
    let importedAt: Instant

    static let sql = """
        INSERT INTO price_catalogues (source, checksum, format, as_of, imported_at)
        VALUES ($1, sha256($2), $3, date '1970-01-01' + $4::integer, $5)
        ON CONFLICT (checksum) DO NOTHING
        RETURNING id, source, format, imported_at, as_of - date '1970-01-01'
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(source)
        bindings.append(file + Array("\nreading \(reading)".utf8))
        bindings.append(format.rawValue)
        bindings.append(asOf.dayNumber)
        bindings.append(importedAt)
    }

    static func decode(_ row: PostgresRow) throws -> PriceCatalogueRecord {
        try PriceCatalogueRecord(row: row)
    }
}

/// The import that was the newest at an instant; no row before the first.
struct SelectCatalogueKnownAt: PostgresStatement {
    let knownAt: Instant

    static let sql = """
        SELECT id, source, format, imported_at, as_of - date '1970-01-01'
        FROM price_catalogues
        WHERE imported_at <= $1
        ORDER BY id DESC
        LIMIT 1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(knownAt)
    }

    static func decode(_ row: PostgresRow) throws -> PriceCatalogueRecord {
        try PriceCatalogueRecord(row: row)
    }
}

/// Every price version up to an import, with the ends that they had then.
struct SelectPriceVersionsThrough: PostgresStatement {
    let catalogue: Int64

    // An end is told by the import whose version follows.
    static let sql = """
        SELECT v.id, v.provider, v.region, v.model, v.currency, v.valid_from,
            CASE WHEN EXISTS (
                SELECT FROM price_versions AS n
                WHERE n.provider = v.provider AND n.region = v.region AND n.model = v.model
                    AND n.valid_from = v.valid_to AND n.catalogue_id > $1)
                THEN NULL ELSE v.valid_to END, v.rates::text
        FROM price_versions AS v
        WHERE v.catalogue_id <= $1
        ORDER BY v.id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(catalogue)
    }

    static func decode(_ row: PostgresRow) throws -> PriceVersion {
        try SelectPriceVersions.decode(row)
    }
}

extension PriceCatalogueRecord {
    init(row: PostgresRow, from first: Int = 0) throws {
        self.init(
            id: try row.int64(first), source: try row.string(first + 1),
            format: PriceFile.Format(rawValue: try row.string(first + 2)) ?? .csv,
            importedAt: try row.instant(first + 3),
            asOf: try row.optionalInt(first + 4).map { CivilDate(dayNumber: $0) })
    }
}

/// Where a price version came from; no row where there is no such version.
struct SelectPriceOrigin: PostgresStatement {
    let version: Int64

    static let sql = """
        SELECT p.rates->>'source', c.id, c.source, c.format, c.imported_at,
            c.as_of - date '1970-01-01'
        FROM price_versions p
        JOIN price_catalogues c ON c.id = p.catalogue_id
        WHERE p.id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(version)
    }

    static func decode(_ row: PostgresRow) throws -> PriceOrigin {
        PriceOrigin(
            facts: try row.optionalString(0) ?? "",
            catalogue: try PriceCatalogueRecord(row: row, from: 1))
    }
}

/// Ends price versions that others follow.
struct ClosePriceVersions: PostgresStatement {
    typealias Row = Void
    let ids: [Int64]
    let validTo: Instant

    static let sql = """
        UPDATE price_versions SET valid_to = $2 WHERE id = ANY ($1::bigint[])
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(ids)
        bindings.append(validTo)
    }
}

/// Adds price versions that begin together.
struct InsertPriceVersions: PostgresStatement {
    typealias Row = Void
    let catalogue: Int64
    /// Nil from the beginning of time.
    let validFrom: Instant?
    let prices: [ModelPrice]
    /// `RatesDocument` of each.
    let rates: [String]

    static let sql = """
        INSERT INTO price_versions
            (catalogue_id, provider, region, model, currency, valid_from, rates)
        SELECT $1, p.provider, p.region, p.model, p.currency, $2, p.rates::jsonb
        FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
            AS p (provider, region, model, currency, rates)
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(catalogue)
        bindings.append(validFrom)
        bindings.append(prices.map(\.provider))
        bindings.append(prices.map(\.region))
        bindings.append(prices.map(\.model))
        bindings.append(prices.map(\.currency.code))
        bindings.append(rates)
    }
}
