/// A point of UTC time in whole microseconds since 1970-01-01T00:00:00Z, PostgreSQL's own precision.
///
/// Leap seconds do not exist here, as in POSIX and PostgreSQL. Finer digits are cut off towards
/// the past wherever an instant is made.
package struct Instant: Hashable, Comparable, Sendable {
    package let microseconds: Int64

    /// The years 1 to 9999, which calendars and `google.protobuf.Timestamp` know.
    package static let calendarRange =
        Instant(seconds: -62_135_596_800)...Instant(microseconds: 253_402_300_799_999_999)

    package init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    package init(seconds: Int64) {
        self.microseconds = seconds * 1_000_000
    }

    /// Whole seconds since 1970, rounded towards the past.
    package var seconds: Int64 {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        return rest < 0 ? seconds - 1 : seconds
    }

    package static func < (left: Instant, right: Instant) -> Bool {
        left.microseconds < right.microseconds
    }

    /// Later by so many microseconds.
    package func advanced(byMicroseconds count: Int64) -> Instant {
        Instant(microseconds: microseconds + count)
    }

    /// Later by so many seconds.
    package func advanced(bySeconds count: Int64) -> Instant {
        Instant(microseconds: microseconds + count * 1_000_000)
    }
}
