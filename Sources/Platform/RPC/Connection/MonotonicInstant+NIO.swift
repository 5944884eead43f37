import Core
import NIOCore

extension MonotonicInstant {
    /// NIO's clock is the same one.
    init(_ deadline: NIODeadline) {
        self.init(nanoseconds: Int64(clamping: deadline.uptimeNanoseconds))
    }
}
