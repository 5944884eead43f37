import Core

/// How long a deletion can be taken back, and how long backups outlive it.
package struct DeletionTerms: Sendable {
    /// Days between the request and the erasure, 1 to 365.
    package let graceDays: Int
    /// Days after which no backup is kept, 0 to 3650.
    package let backupRetentionDays: Int
    /// Days after which no backup of the keys' database is kept, 0 to 3650.
    package let keysBackupRetentionDays: Int

    package static let graceDaysRange = 1...365
    package static let backupRetentionDaysRange = 0...3650

    package init(
        graceDays: Int = 30, backupRetentionDays: Int = 35, keysBackupRetentionDays: Int = 35
    ) {
        self.graceDays = graceDays
        self.backupRetentionDays = backupRetentionDays
        self.keysBackupRetentionDays = keysBackupRetentionDays
    }

    /// When a deletion that is asked for now becomes irrevocable.
    func end(from now: Instant) -> Instant { now.advanced(byDays: graceDays) }

    /// When the last backup with figures is gone, of an organization that is erased then.
    func backupEnd(after erasure: Instant) -> Instant {
        erasure.advanced(byDays: backupRetentionDays)
    }

    /// When the last backup with its data key is gone, of an organization that is erased then.
    func keysBackupEnd(after erasure: Instant) -> Instant {
        erasure.advanced(byDays: keysBackupRetentionDays)
    }
}

extension Instant {
    fileprivate func advanced(byDays days: Int) -> Instant {
        advanced(bySeconds: 86_400 * Int64(days))
    }
}
