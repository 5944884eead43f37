package import Core

extension Timestamp {
    package init(_ instant: Instant) {
        let seconds = instant.seconds
        self.init(
            seconds: seconds, nanos: Int32(instant.microseconds - seconds * 1_000_000) * 1000)
    }

    /// The instant, digits finer than a microsecond cut off.
    /// - Throws: `TIMESTAMP_OUT_OF_RANGE` outside the years 1 to 9999, or where `nanos` is not 0 to
    ///   999,999,999; the bounds are those of `google.protobuf.Timestamp`.
    package func instant() throws(ServiceError) -> Instant {
        guard (-62_135_596_800...253_402_300_799).contains(seconds),
            (0...999_999_999).contains(nanos)
        else {
            throw ServiceError(
                .invalidArgument, "TIMESTAMP_OUT_OF_RANGE",
                "A timestamp lies between the years 1 and 9999, its nanos between 0 and 999999999.")
        }
        return Instant(microseconds: seconds * 1_000_000 + Int64(nanos / 1000))
    }
}
