import Core
import Domain
import Jobs
import Ledger
import Logging
import Notifications
import Postgres
import ServiceRuntime
import TenantService

/// Compares roll-ups of one organization with their entries: the newest two days and the first one of the month, then
/// some days of the past in turn, the newest first, a part of a day a transaction. After the first day of a month, the
/// month is compared with its days. It repairs nothing: what differs is told to operators, once. Before that, it sums
/// months that are not summed yet, as after an upgrade.
///
/// Which day of the past comes next is remembered, so a worker that is killed goes on where it was. A day that cannot be
/// compared, since a statement takes too long above all, keeps no other waiting: it is logged and counted until it is
/// compared, when its turn comes again.
struct VerifyOrganizationRollupsWorker: JobHandler {
    let database: WorkerDatabase
    let notifier: (any Notifier)?
    let clock: WallClock
    let logger: Logger
    /// Days of the past that one look compares, in turn: those of three years take a month or so.
    var pastDaysMax = 30
    /// Between two parts: others of the organization have their turn.
    var pause = Duration.milliseconds(50)

    /// How far back the past goes: no event is older when it comes.
    private static let pastDays: Int64 = 40 * 31
    private static let daySeconds: Int64 = 86_400
    /// Parts of months that one run sums: days of what the past is, and a beginning for each month.
    private static let partsMax = 42 * 32
    /// Roll-ups of a day that are counted, at most.
    private static let differencesMax = 1000

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        let organization = job.organizationID
        let today = Self.day(of: clock.now)
        guard try await sumMonths(job, control) else { return .interrupted }
        let yesterday = today.advanced(bySeconds: -Self.daySeconds)
        let month = RollupVerifier.month(of: today)
        for day in month < yesterday ? [today, yesterday, month] : [today, yesterday] {
            guard try await look(at: day, job, control) else { return .interrupted }
        }
        let newest = today.advanced(bySeconds: -2 * Self.daySeconds)
        let (keptFrom, stored) = try await transaction(job) { transaction in
            let keptFrom = try await transaction.first(
                SelectUsageKeptFrom(organization: organization))
            if let keptFrom {
                try await transaction.execute(
                    DeleteRollupDifferencesBefore(
                        organization: organization, keptFrom: keptFrom))
            }
            return (
                keptFrom,
                try await transaction.first(SelectNextRollupDay(organization: organization))
            )
        }
        let oldest = max(
            today.advanced(bySeconds: -Self.pastDays * Self.daySeconds),
            keptFrom ?? Instant(seconds: 0))
        _ = try await transaction(job) { transaction in
            try await transaction.execute(
                ForgetRollupDaysPassed(organization: organization, oldest: oldest))
        }
        var day = min((stored ?? nil) ?? newest, newest)
        for _ in 0..<pastDaysMax where day >= oldest {
            guard try await look(at: day, job, control) else { return .interrupted }
            day = day.advanced(bySeconds: -Self.daySeconds)
            try await move(to: day, isDone: false, job)
        }
        // Before the oldest of the past comes the newest again.
        try await move(to: day >= oldest ? day : nil, isDone: true, job)
        return .completed
    }

    /// Sums what is left of the organization's months, some days a transaction, in which its writers wait.
    /// - Returns: False where the worker is to stop before that.
    private func sumMonths(_ job: Job, _ control: JobControl) async throws -> Bool {
        let writer = EntryWriter(
            organization: job.organizationID, cache: LedgerCache(),
            keys: OrganizationKeys.notAskedFor(of: job.organizationID))
        for _ in 0..<Self.partsMax {
            if control.isStopping { return false }
            do {
                let isLeft = try await transaction(job) { transaction in
                    try await writer.clearUnsummedMonth(in: transaction)
                }
                guard isLeft else { return true }
                let mayBeLeft = try await transaction(job) { transaction in
                    try await writer.sumRollupDays(in: transaction)
                }
                guard mayBeLeft else { return true }
            } catch let error as PostgresError where error.sqlState == .queryCanceled {
                try Task.checkCancellation()
                logger.error(
                    "roll-ups of a month not summed",
                    metadata: [
                        "organization": "\(job.organizationID)",
                        "reason": "\(PullLog.safe(error))",
                    ])
                return true
            }
            try await Task.sleep(for: pause)
        }
        return true
    }

    private static func day(of instant: Instant) -> Instant {
        let seconds = instant.microseconds / 1_000_000
        return Instant(seconds: seconds - seconds % daySeconds)
    }

    private func move(to day: Instant?, isDone: Bool, _ job: Job) async throws {
        let organization = job.organizationID
        _ = try await transaction(job) { transaction in
            try await transaction.execute(
                MoveRollupCheck(organization: organization, nextDay: day, isDone: isDone))
        }
    }

    /// Compares a day where that can be done.
    /// - Returns: False where the worker is to stop before that.
    private func look(at day: Instant, _ job: Job, _ control: JobControl) async throws -> Bool {
        do {
            return try await verify(day, job, control)
        } catch let error as PostgresError where error.sqlState == .queryCanceled {
            try Task.checkCancellation()
            logger.error(
                "roll-ups of a day not compared",
                metadata: [
                    "organization": "\(job.organizationID)", "day": "\(day.rfc3339)",
                    "reason": "\(PullLog.safe(error))",
                ])
            let organization = job.organizationID
            _ = try await transaction(job) { transaction in
                try await transaction.execute(
                    MarkRollupDayPassed(organization: organization, day: day))
            }
            return true
        }
    }

    /// Compares a day, and tells what differs.
    /// - Returns: False where the worker is to stop before the day is compared.
    private func verify(_ day: Instant, _ job: Job, _ control: JobControl) async throws -> Bool {
        var differences: [RollupVerifier.Difference] = []
        do {
            guard try await compare(day, job, control, &differences) else { return false }
        } catch let error as PostgresError where error.sqlState == .queryCanceled {
            // What was found does not wait for what takes too long; whether that differs is not known.
            if !differences.isEmpty { try await tell(differences, of: day, job) }
            throw error
        }
        try await tell(differences, of: day, job)
        return true
    }

    /// Compares a day with its quarters of an hour and these with their entries; then, of the first of a month, the
    /// month with its days: it may be much more, and what differs of it is told as of that day.
    /// - Returns: False where the worker is to stop before that.
    private func compare(
        _ day: Instant, _ job: Job, _ control: JobControl,
        _ differences: inout [RollupVerifier.Difference]
    ) async throws -> Bool {
        if control.isStopping { return false }
        let verifier = RollupVerifier(organization: job.organizationID)
        let whole = day..<day.advanced(bySeconds: Self.daySeconds)
        let (steps, days) = try await transaction(job) { transaction in
            (
                try await verifier.steps(of: day, in: transaction),
                try await verifier.days(whole, limit: Self.differencesMax, in: transaction)
            )
        }
        differences += days
        for step in steps where differences.count < Self.differencesMax {
            if control.isStopping { return false }
            let left = Self.differencesMax - differences.count
            differences += try await transaction(job) { transaction in
                try await verifier.quarters(step, limit: left, in: transaction)
            }
            if step != steps.last { try await Task.sleep(for: pause) }
        }
        let left = Self.differencesMax - differences.count
        if RollupVerifier.month(of: day) == day, left > 0 {
            differences += try await transaction(job) { transaction in
                try await verifier.months(whole, limit: left, in: transaction)
            }
        }
        return true
    }

    private func tell(
        _ differences: [RollupVerifier.Difference], of day: Instant, _ job: Job
    ) async throws {
        let organization = job.organizationID
        let fields = Set(differences.flatMap(\.fields)).sorted()
        let isNews: Bool? = try await transaction(job) { transaction in
            try await transaction.execute(
                ForgetRollupDaysPassed(organization: organization, day: day))
            // Asked after the comparison: of what is removed, roll-ups go before their entries.
            if let keptFrom = try await transaction.first(
                SelectUsageKeptFrom(organization: organization)), day < keptFrom
            {
                return nil
            }
            guard !differences.isEmpty else {
                try await transaction.execute(
                    DeleteRollupDifference(organization: organization, day: day))
                return nil
            }
            return try await transaction.first(
                UpsertRollupDifference(
                    organization: organization, day: day, rollups: differences.count,
                    fields: fields))
        }
        guard isNews == true else { return }
        logger.error(
            "roll-ups differ from their entries",
            metadata: [
                "organization": "\(organization)", "day": "\(day.rfc3339)",
                "rollups": "\(differences.count)", "fields": "\(fields.joined(separator: " "))",
                "first": "\(differences[0])",
            ])
        await notifier?.notify(
            RollupNotice(
                organizationID: organization, day: day, rollups: differences.count,
                fields: fields, at: clock.now), logger)
    }

    /// A transaction that writes only while the job is this worker's.
    private func transaction<R: Sendable>(
        _ job: Job, _ body: @Sendable (PostgresTransaction) async throws -> R
    ) async throws -> R {
        let lease = job.lease
        return try await database.transaction(for: job.organizationID) { transaction in
            try await JobQueue.hold(lease, in: transaction)
            let result = try await body(transaction)
            try await JobQueue.getsOn(lease, in: transaction)
            return result
        }
    }
}
