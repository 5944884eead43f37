/// Who goes first where more is due than workers can do. The numbers are stored, so they never change.
///
/// Every eighth claim of a worker takes whatever has been due longest instead: a class that always has
/// something to do slows the others down, and stops none.
package enum JobPriority: Int, Sendable, CaseIterable, Comparable {
    /// Somebody waits for it.
    case interactive = 10
    /// Comes again and again at its time.
    case scheduled = 20
    /// Reads the past, for hours perhaps.
    case backfill = 30
    /// What nobody misses for an hour.
    case housekeeping = 40

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
