import Core
import Synchronization
import Testing

@testable import TenantService

@Suite struct ExportPaceTests {
    private static func at(_ milliseconds: Int64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }

    private static let limits = ExportPace.Limits(restSecondsMax: 30, bytesPerSecondMin: 1000)

    @Test func aReaderMayRestForSoLong() {
        var pace = ExportPace(Self.limits)
        // Nobody waits for it while the database is read.
        #expect(!pace.isTooSlow(at: Self.at(3_600_000)))
        pace.partOffered(at: Self.at(3_600_000))
        #expect(!pace.isTooSlow(at: Self.at(3_630_000)))
        #expect(pace.isTooSlow(at: Self.at(3_630_001)))
    }

    /// Whatever is read at once, a later rest is not longer.
    @Test func whatIsReadFastBuysNoLongerRest() {
        var pace = ExportPace(Self.limits)
        for part in 0..<100 {
            pace.partOffered(at: Self.at(Int64(part)))
            pace.partTaken(byteCount: 1_000_000, at: Self.at(Int64(part)))
        }
        pace.partOffered(at: Self.at(100))
        #expect(!pace.isTooSlow(at: Self.at(30_100)))
        #expect(pace.isTooSlow(at: Self.at(30_101)))
    }

    /// One that reads at the least pace goes on for ever, one that is a little slower does not.
    @Test(arguments: [(1000, false), (999, true)])
    func theLeastPaceIsEnough(bytes: Int, isTooSlow: Bool) {
        var pace = ExportPace(Self.limits)
        var wasTooSlow = false
        for second in 0..<40_000 as Range<Int64> {
            pace.partOffered(at: Self.at(second * 1000))
            wasTooSlow = wasTooSlow || pace.isTooSlow(at: Self.at(second * 1000 + 1000))
            pace.partTaken(byteCount: bytes, at: Self.at(second * 1000 + 1000))
        }
        #expect(wasTooSlow == isTooSlow)
    }

    /// Who watches hears of a part that nobody takes, and of nothing else.
    @Test(.timeLimit(.minutes(3))) func theWatchEndsAnExportThatNobodyReads() async throws {
        let time = Time()
        let watch = ExportWatch(
            Self.limits,
            clock: MonotonicClock { time.nanoseconds.load(ordering: .acquiring) })
        try await watch.passing(byteCount: 1) {}
        let reading = Task {
            try await watch.passing(byteCount: 1) {
                time.nanoseconds.store(30_000_000_001, ordering: .releasing)
                try await Task.sleep(for: .seconds(3600))
            }
        }
        let error = await #expect(throws: ServiceError.self) { try await watch.failWhereTooSlow() }
        #expect(error?.reason.rawValue == "EXPORT_READ_TOO_SLOWLY")
        reading.cancel()
    }

    private final class Time: Sendable {
        let nanoseconds = Atomic<Int64>(0)
    }
}
