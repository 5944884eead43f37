import AllocationService
import IngestionService
import Ledger
import Postgres

/// Lets reports of usage show what allocation gives to the units; neither service knows the other.
struct AllocatedUnitRows: UnitRowSource {
    let spend: AllocatedSpend

    func rows(
        of query: UnitRowQuery, in transaction: PostgresTransaction
    ) async throws -> any UnitRows {
        try await spend.directRows(
            of: query.organization, keys: query.keys, scope: query.scope, zone: query.zone,
            days: query.days, now: query.now, in: transaction)
    }
}

extension DirectSpendRows: UnitRows {}
