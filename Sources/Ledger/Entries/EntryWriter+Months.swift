package import Postgres

extension EntryWriter {
    /// Roll-ups of days that one transaction adds to their months, where a day has no more: others wait for it.
    package static let rollupsSummedMax = 20_000

    /// Readies the newest month of roll-ups that is not summed yet, as after an upgrade; answers whether there may be one.
    /// Only workers do, one at a time, before each `sumRollupDays`. No writer waits for it.
    package func clearUnsummedMonth(in transaction: PostgresTransaction) async throws -> Bool {
        guard try await hasMonthsLeft(in: transaction) else { return false }
        try await transaction.execute(ClearUnsummedMonth(organization: organizationUUID))
        return true
    }

    /// Sums the newest days of the newest month that is not whole yet; answers whether there may be more.
    ///
    /// A month may be millions of roll-ups of days, so it comes a few days at a time, and nobody who records sums any.
    /// What is recorded of days that are summed is merged into their month from then on. Until a month is whole,
    /// reports read its days; no figure changes. What was added is merged first.
    /// - Parameter limit: Roll-ups of days; a day that has more comes by itself.
    package func sumRollupDays(
        limit: Int = rollupsSummedMax, in transaction: PostgresTransaction
    ) async throws -> Bool {
        guard try await hasMonthsLeft(in: transaction),
            let clock = try await transaction.first(
                LockLedgerClock(organization: organizationUUID)),
            let through = clock.lastRecordedAt,
            try await mergeRollups(through: through, in: transaction)
        else { return false }
        try await transaction.execute(SumRollupDays(organization: organizationUUID, limit: limit))
        return true
    }

    private func hasMonthsLeft(in transaction: PostgresTransaction) async throws -> Bool {
        let hasMonthsLeft = SelectHasMonthsLeft(organization: organizationUUID)
        return try await transaction.first(hasMonthsLeft) ?? false
    }
}
