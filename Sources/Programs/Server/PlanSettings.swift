import Configuration
import TenantService

/// How organizations end, and what they may have where their plan says nothing.
struct PlanSettings: Sendable {
    /// `TALLY_DELETION_GRACE_DAYS`: how long a deletion can be taken back, 1 to 365. Default 30;
    /// `TALLY_BACKUP_RETENTION_DAYS`: how long backups of the database are kept, 0 to 3650. Default 35;
    /// and `TALLY_KEYS_BACKUP_RETENTION_DAYS`: the same of the keys' database, 0 to 3650. Default 35.
    let deletion: DeletionTerms
    /// `TALLY_PLAN_CONNECTIONS_MAX`: connections of an organization, 1 to 10,000. Default 100.
    let connectionsMax: Int
    /// `TALLY_PLAN_EVENTS_PER_DAY_MAX`: new events of an organization in a day of UTC, 1 to
    /// 1,000,000,000,000. Default 1,000,000,000,000.
    let eventsPerDayMax: Int64
    /// `TALLY_EXPORT_SECONDS_MAX`: longest time that the export of an organization may take, 1 to
    /// 86,400. Default 3600.
    let exportSecondsMax: Int

    init(reader: ConfigReader) throws {
        let settings = NumberSettings(reader: reader)
        deletion = DeletionTerms(
            graceDays: try settings.number(
                "TALLY_DELETION_GRACE_DAYS", DeletionTerms.graceDaysRange, default: 30),
            backupRetentionDays: try settings.number(
                "TALLY_BACKUP_RETENTION_DAYS", DeletionTerms.backupRetentionDaysRange,
                default: 35),
            keysBackupRetentionDays: try settings.number(
                "TALLY_KEYS_BACKUP_RETENTION_DAYS", DeletionTerms.backupRetentionDaysRange,
                default: 35))
        connectionsMax = try settings.number(
            "TALLY_PLAN_CONNECTIONS_MAX", 1...10_000, default: 100)
        eventsPerDayMax = Int64(
            try settings.number(
                "TALLY_PLAN_EVENTS_PER_DAY_MAX", 1...1_000_000_000_000,
                default: 1_000_000_000_000))
        exportSecondsMax = try settings.number(
            "TALLY_EXPORT_SECONDS_MAX", 1...86_400, default: 3600)
    }
}
