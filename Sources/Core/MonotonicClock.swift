#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where time that never runs back comes from, for measuring how long ago something was. It is
/// passed in, so that tests can set it.
package struct MonotonicClock: Sendable {
    private let read: @Sendable () -> Int64

    package init(_ read: @escaping @Sendable () -> Int64) {
        self.read = read
    }

    /// Nanoseconds since an instant that stays the same as long as the process runs.
    package var nanoseconds: Int64 { read() }

    /// The machine's clock; it stands still while the machine sleeps.
    package static let system = MonotonicClock {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
