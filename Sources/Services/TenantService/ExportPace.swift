import Core
import Synchronization

/// How slowly an export may be read: its reader may let the server wait for so long at once, and must take
/// so much a second in the long run; else it would keep one of the few that a server makes at once, and
/// rows that others want gone.
struct ExportPace: Sendable, Hashable {
    struct Limits: Sendable, Hashable {
        /// The database gives up on whoever does nothing within a transaction for two minutes.
        var restSecondsMax: Int64 = 30
        var bytesPerSecondMin: Int64 = 65_536
    }

    private let limits: Limits
    /// How long the reader may still let the server wait, in nanoseconds; what it reads gives it back.
    private var credit: Int64
    private var waitsSince: MonotonicInstant?

    init(_ limits: Limits = Limits()) {
        self.limits = limits
        credit = limits.restSecondsMax * 1_000_000_000
    }

    /// A part is handed to the reader.
    mutating func partOffered(at now: MonotonicInstant) {
        waitsSince = now
    }

    /// The reader has room for the next one.
    mutating func partTaken(byteCount: Int, at now: MonotonicInstant) {
        let earned = Int64(byteCount) * 1_000_000_000 / limits.bytesPerSecondMin
        credit = min(left(at: now) + earned, limits.restSecondsMax * 1_000_000_000)
        waitsSince = nil
    }

    func isTooSlow(at now: MonotonicInstant) -> Bool { left(at: now) < 0 }

    private func left(at now: MonotonicInstant) -> Int64 {
        credit - (waitsSince.map { now.nanoseconds - $0.nanoseconds } ?? 0)
    }
}

/// The pace of one export, which one task keeps and another one watches.
final class ExportWatch: Sendable {
    private let pace: Mutex<ExportPace>
    private let clock: MonotonicClock

    init(_ limits: ExportPace.Limits, clock: MonotonicClock = .system) {
        pace = Mutex(ExportPace(limits))
        self.clock = clock
    }

    /// Runs what hands a part of so many bytes to the reader.
    func passing(byteCount: Int, _ send: () async throws -> Void) async throws {
        pace.withLock { $0.partOffered(at: now) }
        try await send()
        pace.withLock { $0.partTaken(byteCount: byteCount, at: now) }
    }

    /// Ends once the reader is too slow.
    /// - Throws: `EXPORT_READ_TOO_SLOWLY`; `CancellationError`.
    func failWhereTooSlow() async throws {
        while !pace.withLock({ $0.isTooSlow(at: now) }) {
            try await Task.sleep(for: .seconds(1))
        }
        throw ServiceError(
            .deadlineExceeded, "EXPORT_READ_TOO_SLOWLY",
            "The export was read too slowly, and is not whole. Read it at 64 KiB a second or more, "
                + "and do not stop for half a minute.")
    }

    private var now: MonotonicInstant { MonotonicInstant(nanoseconds: clock.nanoseconds) }
}
