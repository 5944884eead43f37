import NIOCore
import Wire

/// How long the frame that is being received may still take (rule 10).
///
/// "a started frame is complete within 10 s plus its length at 64 KiB/s"
struct FramePace: Sendable {
    private let timeout: TimeAmount
    private let bytesPerSecondMin: Int64
    private var startedAt: NIODeadline?
    private var byteCount: Int64 = 0

    init(limits: RPCLimits) {
        timeout = TimeAmount(limits.frameTimeout)
        bytesPerSecondMin = Int64(max(1, limits.frameBytesPerSecondMin))
    }

    /// Every frame in a read has been taken; `pending` is what remains of the next.
    /// - Parameter didComplete: Whether the read completed a frame, so that what remains is new.
    mutating func readEnded(pending: FrameDecoder.Pending, didComplete: Bool, at now: NIODeadline) {
        switch pending {
        case .nothing:
            startedAt = nil
            return
        case .length:
            byteCount = 0
        case .body(let announced):
            byteCount = Int64(announced)
        }
        if didComplete || startedAt == nil {
            startedAt = now
        }
    }

    /// The connection was not read for a time, which does not count: only that, or a peer that makes the
    /// server pause could take as long as it likes.
    mutating func resumed(at now: NIODeadline, pausedAt: NIODeadline) {
        if let startedAt {
            self.startedAt = min(now, startedAt + (now - pausedAt))
        }
    }

    /// When the frame is late; nil where none has started.
    var nextDeadline: NIODeadline? {
        startedAt.map { $0 + timeout + .milliseconds(byteCount * 1000 / bytesPerSecondMin) }
    }
}
