import Core
import Postgres

/// Every alias of the price catalogue.
struct SelectPriceAliases: PostgresStatement {
    static let sql = """
        SELECT provider, alias, model, source, valid_from, valid_to
        FROM price_aliases
        ORDER BY id
        """

    static func decode(_ row: PostgresRow) throws -> PriceAlias {
        PriceAlias(
            provider: try row.string(0), name: try row.string(1), model: try row.string(2),
            source: try row.string(3), validFrom: try row.optionalInstant(4),
            validTo: try row.optionalInstant(5))
    }
}

/// Every alias of the price catalogue as it was when an import was the newest.
struct SelectPriceAliasesThrough: PostgresStatement {
    let catalogue: Int64

    // An end is told by the import whose alias follows.
    static let sql = """
        SELECT a.provider, a.alias, a.model, a.source, a.valid_from,
            CASE WHEN EXISTS (
                SELECT FROM price_aliases AS n
                WHERE n.provider = a.provider AND n.alias = a.alias
                    AND n.valid_from = a.valid_to AND n.catalogue_id > $1)
                THEN NULL ELSE a.valid_to END
        FROM price_aliases AS a
        WHERE a.catalogue_id <= $1
        ORDER BY a.id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(catalogue)
    }

    static func decode(_ row: PostgresRow) throws -> PriceAlias {
        try SelectPriceAliases.decode(row)
    }
}

/// Ends aliases that others follow.
struct ClosePriceAliases: PostgresStatement {
    typealias Row = Void
    let providers: [String]
    let names: [String]
    let validTo: Instant

    init(_ aliases: [PriceAlias], validTo: Instant) {
        providers = aliases.map(\.provider)
        names = aliases.map(\.name)
        self.validTo = validTo
    }

    static let sql = """
        UPDATE price_aliases AS p SET valid_to = $3
        FROM unnest($1::text[], $2::text[]) AS a (provider, alias)
        WHERE p.provider = a.provider AND p.alias = a.alias AND p.valid_to IS NULL
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(providers)
        bindings.append(names)
        bindings.append(validTo)
    }
}

/// Adds aliases that begin together.
struct InsertPriceAliases: PostgresStatement {
    typealias Row = Void
    let catalogue: Int64
    /// Nil from the beginning of time.
    let validFrom: Instant?
    let aliases: [PriceAlias]

    static let sql = """
        INSERT INTO price_aliases (catalogue_id, provider, alias, model, source, valid_from)
        SELECT $1, a.provider, a.alias, a.model, a.source, $2
        FROM unnest($3::text[], $4::text[], $5::text[], $6::text[])
            AS a (provider, alias, model, source)
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(catalogue)
        bindings.append(validFrom)
        bindings.append(aliases.map(\.provider))
        bindings.append(aliases.map(\.name))
        bindings.append(aliases.map(\.model))
        bindings.append(aliases.map(\.source))
    }
}
