package import Core
package import Domain
package import Postgres

/// A span within one month of UTC that has metered events, or usage that a provider reports, without a price.
package struct UnpricedSpan: Hashable, Sendable {
    /// From the day of the first of them to behind that of the last.
    package let window: Range<Instant>
    /// Where to look for the next one: the month's end.
    package let end: Instant

    /// The first one from an instant on; nil where every event from then on has a price. It is found by
    /// roll-ups, so no event is read.
    package static func first(
        of organization: OrganizationID, from: Instant, in transaction: PostgresTransaction
    ) async throws -> UnpricedSpan? {
        let organization = PostgresUUID(organization)
        let span = SelectRollupSpan(organization: organization, day: UTCDay.floor(from))
        guard let known = try await transaction.first(span) else { return nil }
        var from = max(from, known.lowerBound)
        while from <= known.upperBound {
            let end = UTCMonth.end(of: from)
            let select = SelectUnpricedDays(
                organization: organization, from: UTCDay.floor(from), through: end)
            if let days = try await transaction.first(select) {
                return UnpricedSpan(
                    window: max(from, days.lowerBound)..<days.upperBound, end: end)
            }
            from = end
        }
        return nil
    }
}
