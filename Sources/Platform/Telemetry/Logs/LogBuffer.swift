/// Decides what becomes of log lines on their way to a slow descriptor; no I/O, no clock.
///
/// Lines wait in one buffer; the writer takes all of it at once and gives the emptied one back. Bytes
/// that are being written count as long as they are.
struct LogBuffer {
    struct Limits {
        /// Most bytes that wait or are being written.
        let byteCountMax: Int
        /// Part of them that only urgent lines may take: an eighth, some hundred lines.
        var reservedByteCount: Int { byteCountMax / 8 }
        /// From here on the writer does not wait for more: a write this large costs little a line.
        var largeByteCount: Int { min(byteCountMax / 4, 256 * 1024) }
    }

    private let limits: Limits
    private var pending: [UInt8] = []
    private var writingByteCount = 0
    private var droppedSinceNotice = 0
    /// Lines that were dropped since the program began.
    private(set) var droppedCount = 0
    /// Bytes taken and bytes done with since the program began; a flush waits for the difference.
    private(set) var takenByteCount = 0
    private(set) var doneByteCount = 0
    /// Whether the writer should not wait for more lines.
    private(set) var isHurried = false

    init(limits: Limits) {
        self.limits = limits
    }

    /// Whether there is nothing to write.
    var isIdle: Bool { pending.isEmpty && droppedSinceNotice == 0 }

    /// Somebody logged a line.
    /// - Returns: whether the writer needs to be woken.
    mutating func lineArrived(_ line: [UInt8], isUrgent: Bool) -> Bool {
        let wasIdle = isIdle
        let wasHurried = isHurried
        let room = limits.byteCountMax - (isUrgent ? 0 : limits.reservedByteCount)
        if pending.count + writingByteCount + line.count > room {
            droppedSinceNotice += 1
            droppedCount += 1
        } else {
            pending.append(contentsOf: line)
            takenByteCount += line.count
            isHurried = isHurried || isUrgent || pending.count >= limits.largeByteCount
        }
        return wasIdle || isHurried != wasHurried
    }

    /// Somebody waits for the lines so far.
    mutating func flushWanted() {
        isHurried = true
    }

    /// The writer is ready for more.
    /// - Parameters:
    ///   - emptied: the buffer it is done with, to be filled next.
    ///   - notice: makes the line that says how many were dropped.
    /// - Returns: everything that waits.
    mutating func batchWanted(emptied: [UInt8], notice: (Int) -> [UInt8]) -> [UInt8] {
        if droppedSinceNotice > 0 {
            let line = notice(droppedSinceNotice)
            pending.append(contentsOf: line)
            takenByteCount += line.count
            droppedSinceNotice = 0
        }
        var batch = emptied
        swap(&batch, &pending)
        writingByteCount = batch.count
        isHurried = false
        return batch
    }

    /// The writer is done with a batch.
    /// - Parameter lostCount: lines of it that could not be written.
    mutating func batchWritten(lostCount: Int) {
        doneByteCount += writingByteCount
        writingByteCount = 0
        droppedCount += lostCount
    }
}
