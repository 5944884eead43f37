/// An instant of a clock that never runs back, for how long something took and until when it may.
///
/// Whole nanoseconds rather than `ContinuousClock.Instant`'s 128 bits: calls are measured several
/// times each, and those divide slowly.
package struct MonotonicInstant: Sendable, Hashable, Comparable {
    /// As `MonotonicClock.nanoseconds`.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    package static var now: MonotonicInstant {
        MonotonicInstant(nanoseconds: MonotonicClock.system.nanoseconds)
    }

    package static func < (one: MonotonicInstant, other: MonotonicInstant) -> Bool {
        one.nanoseconds < other.nanoseconds
    }

    /// An instant that is too far away to be told is the furthest one.
    package func advanced(byNanoseconds count: Int64) -> MonotonicInstant {
        let (sum, isFar) = nanoseconds.addingReportingOverflow(count)
        return MonotonicInstant(nanoseconds: isFar ? (count < 0 ? .min : .max) : sum)
    }

    /// Nanoseconds from this instant to `other`; negative where that was before.
    package func nanoseconds(to other: MonotonicInstant) -> Int64 {
        other.nanoseconds - nanoseconds
    }
}
