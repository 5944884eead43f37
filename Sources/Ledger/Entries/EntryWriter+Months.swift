package import Postgres

extension EntryWriter {
    /// Sums the newest of the months that are not summed yet, as after an upgrade; answers whether there may be more.
    ///
    /// Nobody who records does: a month may be millions of roll-ups. Until all are summed, reports read days; no
    /// figure changes. What was added is merged first.
    package func sumRollupMonth(in transaction: PostgresTransaction) async throws -> Bool {
        let hasMonthsLeft = SelectHasMonthsLeft(organization: organizationUUID)
        guard try await transaction.first(hasMonthsLeft) ?? false,
            let clock = try await transaction.first(
                LockLedgerClock(organization: organizationUUID)),
            let through = clock.lastRecordedAt,
            try await mergeRollups(through: through, in: transaction)
        else { return false }
        try await transaction.execute(SumRollupMonth(organization: organizationUUID))
        return true
    }
}
