import Core
import Domain
import Jobs
import Ledger
import Logging
import Postgres
import ServiceRuntime
import TenantService

/// Erases one organization whose grace period is over: its data keys, then every row of every tenant
/// table, a batch a transaction, then its tokens and jobs, at last the organization itself.
///
/// What is done is done, so a worker that is killed goes on where it was. The slug and the dates of
/// the erasure stay; who asked for it stands in the operators' audit log since then. Backups made before
/// have the rows until they are gone themselves; what the keys had sealed nobody reads in them any more.
struct EraseOrganizationWorker: JobHandler {
    let pool: PostgresPool
    let database: WorkerDatabase
    let keys: DataKeyStore
    let logger: Logger
    /// Rows of one transaction, which holds their locks.
    var batch = 5000
    /// Batches of one run; then others that are due have their turn.
    var batchesMax = 200

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        let organization = try OrganizationID(job.arguments(EraseOrganization.self).organization)
        let begun = try await database.transaction(for: organization) { transaction in
            try await JobQueue.hold(job.lease, in: transaction)
            return try await transaction.first(BeginErasure(organization: organization)) != nil
        }
        // Taken back in the meantime, or done already.
        guard begun else { return .completed }
        try await keys.destroy(keysOf: organization)
        let tables = TenantTable.erasureOrder(
            try await pool.transaction(Self.options) { try await $0.run(SelectTenantTables()) })
        var left = batchesMax
        // Once more where there was something, for what came in behind.
        while try await eraseRows(of: organization, tables, job.lease, control, &left) {
            if control.isStopping || left == 0 { return .interrupted }
        }
        try await database.transaction(for: organization) { transaction in
            try await JobQueue.hold(job.lease, in: transaction)
            try await transaction.execute(EraseJobs(organization: organization))
            try await transaction.execute(ForgetPriceLook(organization: organization))
            try await transaction.execute(ForgetRollupCheck(organization: organization))
            try await transaction.execute(
                DeleteRollupDifferencesBefore(organization: organization, keptFrom: nil))
            try await transaction.execute(EraseDirectoryTokens(organization: organization))
            _ = try await transaction.run(
                EraseRows(
                    organization: organization, table: TenantTable.organizations, after: "",
                    limit: 1))
            try await transaction.execute(EndErasure(organization: organization))
        }
        logger.notice("organization erased", metadata: ["organization": "\(organization)"])
        return .completed
    }

    private static let options = TransactionOptions(
        role: "tally_worker", statementTimeout: .seconds(60))

    /// Goes through the tables once; false where they had nothing any more.
    private func eraseRows(
        of organization: OrganizationID, _ tables: [String], _ lease: JobLease,
        _ control: JobControl, _ left: inout Int
    ) async throws -> Bool {
        var hasErased = false
        for table in tables {
            // Each batch begins where the last one ended, not among the rows that it left behind.
            var after: String? = ""
            while let key = after {
                if control.isStopping || left == 0 { return true }
                let erased = try await database.transaction(for: organization) { transaction in
                    try await JobQueue.hold(lease, in: transaction)
                    let rows = try await transaction.first(
                        EraseRows(
                            organization: organization, table: table, after: key, limit: batch))
                    try await JobQueue.getsOn(lease, in: transaction)
                    return rows
                }
                if let count = erased?.count, count > 0 {
                    hasErased = true
                    left -= 1
                }
                after = erased?.lastKey
            }
        }
        return hasErased
    }
}
