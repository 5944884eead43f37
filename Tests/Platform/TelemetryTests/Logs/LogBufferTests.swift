import Testing

@testable import Telemetry

@Suite struct LogBufferTests {
    /// A buffer of 800 bytes whose steps an expectation may take.
    @dynamicMemberLookup
    private final class BufferUnderTest {
        private var buffer = LogBuffer(limits: .init(byteCountMax: 800))

        subscript<Value>(dynamicMember path: KeyPath<LogBuffer, Value>) -> Value {
            buffer[keyPath: path]
        }

        func lineArrived(_ line: [UInt8], isUrgent: Bool) -> Bool {
            buffer.lineArrived(line, isUrgent: isUrgent)
        }

        func batchWanted() -> [UInt8] {
            buffer.batchWanted(emptied: [], notice: LogBufferTests.notice)
        }

        func batchWritten(lostCount: Int) {
            buffer.batchWritten(lostCount: lostCount)
        }
    }

    private let buffer = BufferUnderTest()
    private let line = [UInt8](repeating: UInt8(ascii: "x"), count: 99) + [UInt8(ascii: "\n")]

    private static func notice(_ count: Int) -> [UInt8] {
        Array("dropped \(count)\n".utf8)
    }

    @Test func firstLineWakesTheWriterAndTheNextDoNot() {
        #expect(buffer.lineArrived([1], isUrgent: false))
        #expect(!buffer.lineArrived([2], isUrgent: false))
        #expect(!buffer.isHurried)
        #expect(buffer.batchWanted() == [1, 2])
        #expect(buffer.isIdle)
        #expect(buffer.lineArrived([3], isUrgent: false))
    }

    @Test func warningsAndAnAmpleBatchHurryTheWriter() {
        #expect(buffer.lineArrived(line, isUrgent: false))
        #expect(buffer.lineArrived(line, isUrgent: true))
        #expect(buffer.isHurried)
        #expect(!buffer.lineArrived(line, isUrgent: true))
        _ = buffer.batchWanted()
        #expect(!buffer.isHurried)
        #expect(buffer.lineArrived(line, isUrgent: false))
        #expect(buffer.lineArrived(line, isUrgent: false))
        #expect(buffer.isHurried)
    }

    /// Of 800 bytes the last 100 are for urgent lines; what is being written counts too.
    @Test func plainLinesAreDroppedFirst() {
        for _ in 0..<4 { _ = buffer.lineArrived(line, isUrgent: false) }
        _ = buffer.batchWanted()
        for _ in 0..<4 { _ = buffer.lineArrived(line, isUrgent: false) }
        #expect(buffer.droppedCount == 1)
        _ = buffer.lineArrived(line, isUrgent: true)
        #expect(buffer.droppedCount == 1)
        _ = buffer.lineArrived(line, isUrgent: true)
        #expect(buffer.droppedCount == 2)
        buffer.batchWritten(lostCount: 0)
        let next = buffer.batchWanted()
        #expect(next.count == 400 + Self.notice(2).count)
        #expect(next.suffix(10) == Self.notice(2)[...])
    }

    @Test func noticeIsWrittenOnceAndEvenAlone() {
        _ = buffer.lineArrived([UInt8](repeating: 0, count: 900), isUrgent: true)
        #expect(!buffer.isIdle)
        #expect(buffer.batchWanted() == Self.notice(1))
        buffer.batchWritten(lostCount: 0)
        #expect(buffer.isIdle)
        #expect(buffer.takenByteCount == buffer.doneByteCount)
    }

    @Test func linesThatCouldNotBeWrittenCountAsDropped() {
        _ = buffer.lineArrived(line, isUrgent: false)
        _ = buffer.batchWanted()
        buffer.batchWritten(lostCount: 1)
        #expect(buffer.droppedCount == 1)
        #expect(buffer.isIdle)
    }
}
