import Core
import Domain
import Postgres

/// Number of the newest import; 0 before the first.
struct SelectCatalogueVersion: PostgresStatement {
    static let sql = "SELECT coalesce(max(id), 0) FROM price_catalogues"

    static func decode(_ row: PostgresRow) throws -> Int64 {
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

/// Records an import; no row where the same file was imported before.
struct InsertCatalogue: PostgresStatement {
    let source: String
    let file: [UInt8]

    static let sql = """
        INSERT INTO price_catalogues (source, checksum) VALUES ($1, sha256($2))
        ON CONFLICT (checksum) DO NOTHING
        RETURNING id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(source)
        bindings.append(file)
    }

    static func decode(_ row: PostgresRow) throws -> Int64 {
        try row.int64(0)
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
