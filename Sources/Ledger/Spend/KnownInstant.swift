import Core

/// Which instant an answer says that it is known at, so that the same is known whenever it is asked for again.
enum KnownInstant {
    /// What is recorded gets its time before it is committed: so long after the time of one commit, others of that time
    /// may come to be seen.
    private static let recentSeconds: Int64 = 10

    /// That of the last of what the answer has seen, where this is recent: whatever is recorded from then on is later, by
    /// `LockLedgerClock`, although it may have been under way already. Where nothing is, the time of the answer: hardly
    /// anybody was just about to record.
    /// - Parameters:
    ///   - now: the server's clock as the answer began.
    ///   - seen: when what the answer rests on was recorded last.
    static func of(now: Instant, seen: [Instant?]) -> Instant {
        // A clock that was far ahead once does not hold all answers in its future.
        let recent = seen.compactMap(\.self).filter {
            abs(now.microseconds - $0.microseconds) < recentSeconds * 1_000_000
        }
        return recent.max() ?? now
    }
}
