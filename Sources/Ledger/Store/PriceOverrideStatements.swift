import Core
import Domain
import Postgres

/// Every override of an organization, by number.
struct SelectPriceOverrides: PostgresStatement {
    struct Row: Sendable {
        let override: PriceOverride
        /// When it was made, or its end was told last.
        let changedAt: Instant
    }

    let organization: PostgresUUID

    static let sql = """
        SELECT number, provider, model_pattern, service_tier, multiplier, rates::text, valid_from,
            valid_to, greatest(created_at, ends_told_at[cardinality(ends_told_at)])
        FROM price_overrides
        WHERE org_id = $1
        ORDER BY number
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(override: try PriceOverride(row: row), changedAt: try row.instant(8))
    }
}

/// Every override that an organization had made by an instant, with the end that it had then.
struct SelectPriceOverridesKnownAt: PostgresStatement {
    let organization: PostgresUUID
    let knownAt: Instant

    // The first end that was told later says what the end was before.
    static let sql = """
        SELECT o.number, o.provider, o.model_pattern, o.service_tier, o.multiplier, o.rates::text,
            o.valid_from, CASE WHEN l.former_end IS NULL THEN o.valid_to
                ELSE nullif(l.former_end, 'infinity') END
        FROM price_overrides AS o
        LEFT JOIN LATERAL (
            SELECT e.former_end
            FROM unnest(o.ends_told_at, o.former_ends) WITH ORDINALITY
                AS e (told_at, former_end, place)
            WHERE e.told_at > $2
            ORDER BY e.place LIMIT 1) AS l ON true
        WHERE o.org_id = $1 AND o.created_at <= $2
        ORDER BY o.number
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(knownAt)
    }

    static func decode(_ row: PostgresRow) throws -> PriceOverride {
        try PriceOverride(row: row)
    }
}

/// A page of an organization's overrides, by number.
struct SelectPriceOverridePage: PostgresStatement {
    let organization: PostgresUUID
    /// The last number known; 0 for the first page.
    let after: Int64
    let limit: Int

    static let sql = """
        SELECT number, provider, model_pattern, service_tier, multiplier, rates::text, valid_from,
            valid_to, note, created_at
        FROM price_overrides
        WHERE org_id = $1 AND number > $2
        ORDER BY number
        LIMIT $3
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(after)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> StoredPriceOverride {
        try StoredPriceOverride(row: row)
    }
}

/// One override, locked until the transaction ends; no row where there is none of the number.
struct LockPriceOverride: PostgresStatement {
    let organization: PostgresUUID
    let number: Int64

    static let sql = """
        SELECT number, provider, model_pattern, service_tier, multiplier, rates::text, valid_from,
            valid_to, note, created_at
        FROM price_overrides
        WHERE org_id = $1 AND number = $2
        FOR UPDATE
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(number)
    }

    static func decode(_ row: PostgresRow) throws -> StoredPriceOverride {
        try StoredPriceOverride(row: row)
    }
}

/// The next number of an organization's overrides; whoever makes another waits for it.
struct NextPriceOverrideNumber: PostgresStatement {
    let organization: PostgresUUID

    static let sql = """
        INSERT INTO counters AS c (org_id, name, n) VALUES ($1, 'price_override', 1)
        ON CONFLICT (org_id, name) DO UPDATE SET n = c.n + excluded.n
        RETURNING n
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Int64 {
        try row.int64(0)
    }
}

/// Adds an override, which is fixed prices where `ratesJSON` is there.
struct InsertPriceOverride: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let stored: StoredPriceOverride
    let ratesJSON: String

    static let sql = """
        INSERT INTO price_overrides
            (org_id, number, provider, model_pattern, service_tier, multiplier, rates, valid_from,
            valid_to, note, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11)
        """

    func bind(into bindings: inout PostgresBindings) {
        let override = stored.override
        bindings.append(organization)
        bindings.append(override.number)
        bindings.append(override.provider)
        bindings.append(override.pattern.text)
        bindings.append(override.serviceTier)
        switch override.terms {
        case .multiplier(let factor):
            bindings.append(factor.description)
            bindings.append(String?.none)
        case .rates:
            bindings.append(String?.none)
            bindings.append(ratesJSON)
        }
        bindings.append(override.validFrom)
        bindings.append(override.validTo)
        bindings.append(stored.note)
        bindings.append(stored.createTime)
    }
}

/// Sets the end of an override, which is all that ever changes of one, and remembers the one before.
struct EndPriceOverride: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    let number: Int64
    let validTo: Instant
    let toldAt: Instant

    static let sql = """
        UPDATE price_overrides
        SET valid_to = $3, ends_told_at = array_append(ends_told_at, $4),
            former_ends = array_append(former_ends, coalesce(valid_to, 'infinity'))
        WHERE org_id = $1 AND number = $2
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(number)
        bindings.append(validTo)
        bindings.append(toldAt)
    }
}

extension PriceOverride {
    init(row: PostgresRow) throws {
        let terms: Terms
        if let factor = try row.optionalString(4) {
            terms = .multiplier(try ExactDecimal(factor))
        } else {
            terms = .rates(try RatesDocument.rates(json: try row.string(5)))
        }
        self.init(
            number: try row.int64(0), provider: try row.string(1),
            pattern: ModelPattern(try row.string(2)), serviceTier: try row.string(3), terms: terms,
            validFrom: try row.instant(6), validTo: try row.optionalInstant(7))
    }
}

extension StoredPriceOverride {
    init(row: PostgresRow) throws {
        self.init(
            override: try PriceOverride(row: row), note: try row.string(8),
            createTime: try row.instant(9))
    }
}
