import ConnectionService
import Core
import Domain
import IngestionService
import Jobs
import Ledger
import Logging
import Postgres
import ServiceRuntime

/// Seals the users of dimension sets that were stored before users were sealed, what connections say of
/// people, but for the places of their lists of users, which it forgets, and anew the providers' keys that were sealed before their version was bound, organization by
/// organization, some rows a transaction. What is sealed is not to be sealed any more, so being stopped loses
/// nothing.
struct SealUsersWorker: JobHandler {
    let pool: PostgresPool
    let database: WorkerDatabase
    let keys: DataKeyStore
    let logger: Logger
    /// Sets of one transaction, while which the organization's other writers wait.
    var setLimit = 500

    private static let interval = Duration.seconds(3600)
    private static let organizationsAtOnce = 1000

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        var last = SealUsers.owner
        while true {
            let after = last
            let options = TransactionOptions(
                role: "tally_worker", isReadOnly: true, statementTimeout: .seconds(60))
            let page = try await pool.transaction(options) { transaction in
                try await transaction.run(
                    SelectOrganizations(after: after, limit: Self.organizationsAtOnce))
            }
            guard let end = page.last else { return .dueAgain(after: Self.interval) }
            last = end
            for organization in page {
                do {
                    guard try await seal(organization, job, control) else { return .interrupted }
                } catch let error as PostgresError
                    where !error.sqlState.isTransient && !error.sqlState.isUnavailable
                {
                    log(organization, because: PullLog.safe(error))
                } catch let error as ServiceError where error.code == .dataLoss {
                    // Something of it does not open; a restored key may.
                    log(organization, because: PullLog.safe(error))
                }
            }
        }
    }

    /// One that cannot be sealed keeps no other waiting; the next look tries again.
    private func log(_ organization: OrganizationID, because reason: String) {
        logger.error(
            "users not sealed",
            metadata: ["organization": "\(organization)", "reason": "\(reason)"])
    }

    /// - Returns: Whether all of the organization's are sealed that can be; false where the worker stops.
    private func seal(
        _ organization: OrganizationID, _ job: Job, _ control: JobControl
    ) async throws -> Bool {
        if control.isStopping { return false }
        let found = try await transaction(of: organization, job) { transaction in
            let key = try await transaction.first(
                SelectKeysToSeal(organizationID: organization, after: Self.noConnection, limit: 1))
            let people = UnsealedPeople(of: organization)
            try await people.forgetPlaces(in: transaction)
            if try await people.areAny(in: transaction) {
                return (people: true, key: key != nil)
            }
            let set = try await transaction.first(
                SelectSetsToSeal(organization: organization, limit: 1))
            return (people: set != nil, key: key != nil)
        }
        guard found.people || found.key else { return true }
        let keys: OrganizationKeys
        do {
            keys = try await self.keys.keysToSeal(of: organization)
        } catch let error as ServiceError {
            // One whose keys cannot be had keeps no other waiting; the next look asks again.
            logger.warning(
                "users not sealed",
                metadata: [
                    "organization": "\(organization)", "reason": "\(error.reason.rawValue)",
                ])
            return true
        }
        guard try await sealKeys(of: organization, with: keys, job, control) else { return false }
        guard found.people else { return true }
        let writer = EntryWriter(organization: organization, cache: LedgerCache(), keys: keys)
        var count = 0
        defer {
            logger.notice(
                "users sealed",
                metadata: ["organization": "\(organization)", "rows": "\(count)"])
        }
        while true {
            if control.isStopping { return false }
            let sealed = try await transaction(of: organization, job) { transaction in
                try await writer.sealUsers(limit: setLimit, in: transaction)
            }
            guard sealed > 0 else { break }
            count += sealed
        }
        var position: UnsealedPeople.Position? = .beginning
        while let after = position {
            if control.isStopping { return false }
            let sealed = try await transaction(of: organization, job) { transaction in
                try await UnsealedPeople(of: organization).seal(
                    after: after, limit: setLimit, keys, in: transaction)
            }
            count += sealed.count
            position = sealed.next
            for connection in Set(sealed.unreadable) {
                // A restored key may open them; the next look tries again.
                logger.error(
                    "users of a provider not sealed: their names do not open",
                    metadata: ["organization": "\(organization)", "connection": "\(connection)"])
            }
        }
        return true
    }

    private static let noConnection = ConnectionID(UUIDv7(high: 0, low: 0))

    /// Seals providers' keys anew; one that does not open keeps no other waiting.
    /// - Returns: Whether it went through all of them; false where the worker stops.
    private func sealKeys(
        of organization: OrganizationID, with keys: OrganizationKeys, _ job: Job,
        _ control: JobControl
    ) async throws -> Bool {
        var after: ConnectionID? = Self.noConnection
        while let last = after {
            if control.isStopping { return false }
            after = try await transaction(of: organization, job) { transaction in
                let rows = try await transaction.run(
                    SelectKeysToSeal(
                        organizationID: organization, after: last, limit: setLimit))
                for row in rows {
                    do {
                        guard
                            let sealed = try KeyVault.sealedAnew(
                                row.key, of: row.connectionID, with: keys)
                        else { continue }
                        try await transaction.execute(
                            UpdateSealedKey(
                                organizationID: organization, connectionID: row.connectionID,
                                before: row.key, after: sealed))
                    } catch let error as ServiceError {
                        logger.warning(
                            "a provider's key not sealed anew",
                            metadata: [
                                "organization": "\(organization)",
                                "connection": "\(row.connectionID)",
                                "reason": "\(error.reason.rawValue)",
                            ])
                    }
                }
                return rows.last?.connectionID
            }
        }
        return true
    }

    /// A transaction that writes only while the job is this worker's.
    private func transaction<R: Sendable>(
        of organization: OrganizationID, _ job: Job,
        _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let lease = job.lease
        return try await database.transaction(for: organization) { transaction in
            try await JobQueue.hold(lease, in: transaction)
            let result = try await body(transaction)
            try await JobQueue.getsOn(lease, in: transaction)
            return result
        }
    }
}
