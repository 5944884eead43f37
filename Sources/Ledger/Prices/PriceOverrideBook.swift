package import Core
package import Domain
package import Postgres

/// An override with what people said of it.
package struct StoredPriceOverride: Hashable, Sendable {
    package var override: PriceOverride
    package let note: String
    package let createTime: Instant
}

/// The only writer of an organization's overrides. None is changed but by its end, so that what made
/// an entry stays there.
package struct PriceOverrideBook: Sendable {
    /// Of an organization, ended ones included.
    package static let overridesMax: Int64 = 1000

    private let organization: PostgresUUID

    package init(organization: OrganizationID) {
        self.organization = PostgresUUID(organization)
    }

    /// What a new override is to be.
    package struct Draft: Sendable {
        package let provider: String
        package let pattern: ModelPattern
        package let serviceTier: String
        package let terms: PriceOverride.Terms
        package let validFrom: Instant
        package let validTo: Instant?
        package let note: String

        package init(
            provider: String, pattern: ModelPattern, serviceTier: String,
            terms: PriceOverride.Terms, validFrom: Instant, validTo: Instant?, note: String
        ) {
            self.provider = provider
            self.pattern = pattern
            self.serviceTier = serviceTier
            self.terms = terms
            self.validFrom = validFrom
            self.validTo = validTo
            self.note = note
        }

        package func override(number: Int64) -> PriceOverride {
            PriceOverride(
                number: number, provider: provider, pattern: pattern, serviceTier: serviceTier,
                terms: terms, validFrom: validFrom, validTo: validTo)
        }
    }

    /// - Throws: `PRICE_OVERRIDES_TOO_MANY`.
    package func add(
        _ draft: Draft, in transaction: PostgresTransaction, now: Instant
    ) async throws -> StoredPriceOverride {
        let next = NextPriceOverrideNumber(organization: organization)
        guard let number = try await transaction.first(next), number <= Self.overridesMax else {
            throw ServiceError(
                .resourceExhausted, "PRICE_OVERRIDES_TOO_MANY",
                "An organization has at most \(Self.overridesMax) overrides, ended ones included; "
                    + "say more by patterns.")
        }
        let stored = StoredPriceOverride(
            override: draft.override(number: number), note: draft.note, createTime: now)
        try await transaction.execute(
            InsertPriceOverride(
                organization: organization, stored: stored,
                ratesJSON: try RatesDocument.json(of: stored.override.rates)))
        return stored
    }

    /// Ends an override; what it priced keeps its cost.
    /// - Throws: `PRICE_OVERRIDE_NOT_FOUND`, `PRICE_OVERRIDE_ENDED`.
    package func end(
        _ number: Int64, at end: Instant, in transaction: PostgresTransaction, now: Instant
    ) async throws -> (before: StoredPriceOverride, after: StoredPriceOverride) {
        let lock = LockPriceOverride(organization: organization, number: number)
        guard let before = try await transaction.first(lock) else {
            throw ServiceError(
                .notFound, "PRICE_OVERRIDE_NOT_FOUND", field: "number",
                "The organization has no override of this number.")
        }
        if let ended = before.override.validTo, ended <= max(end, now) {
            throw ServiceError(
                .failedPrecondition, "PRICE_OVERRIDE_ENDED", field: "number",
                "The override ends at \(ended.rfc3339) already.")
        }
        // One that has not begun never will.
        let validTo = max(end, before.override.validFrom)
        var after = before
        after.override = PriceOverride(
            number: number, provider: before.override.provider, pattern: before.override.pattern,
            serviceTier: before.override.serviceTier, terms: before.override.terms,
            validFrom: before.override.validFrom, validTo: validTo)
        try await transaction.execute(
            EndPriceOverride(
                organization: organization, number: number, validTo: validTo, toldAt: now))
        return (before, after)
    }

    /// A page by number.
    package func page(
        after: Int64, limit: Int, in transaction: PostgresTransaction
    ) async throws -> [StoredPriceOverride] {
        try await transaction.run(
            SelectPriceOverridePage(organization: organization, after: after, limit: limit))
    }
}
