import Core
import Foundation
import Testing

@testable import Telemetry

@Suite struct LogSinkTests {
    /// A sink into a pipe.
    private struct Fixture {
        let sink: LogSink
        let reader: FileHandle
        let writer: FileHandle

        init(byteCountMax: Int) throws {
            let pipe = Pipe()
            reader = pipe.fileHandleForReading
            writer = pipe.fileHandleForWriting
            sink = try LogSink(
                program: "tally-test", byteCountMax: byteCountMax,
                descriptor: writer.fileDescriptor)
        }

        func log(_ number: Int, isUrgent: Bool = false) {
            var line = LogLine(
                time: Instant(seconds: 0), level: "info", program: "p", message: "m")
            line.add("n", number: Int64(number))
            line.add("padding", String(repeating: "x", count: 900))
            line.end()
            sink.take(line, isUrgent: isUrgent)
        }

        /// What was written until now; nothing can be logged after it.
        func end() throws -> [[String: Any]] {
            #expect(sink.flush(within: .seconds(60)))
            sink.close()
            try writer.close()
            return try Self.objects(in: try reader.readToEnd() ?? Data())
        }

        static func objects(in lines: Data) throws -> [[String: Any]] {
            try String(decoding: lines, as: UTF8.self).split(separator: "\n").map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
                return try #require(object as? [String: Any])
            }
        }
    }

    @Test func flushWritesEverythingInOrder() throws {
        let fixture = try Fixture(byteCountMax: 1 << 20)
        for number in 0..<50 { fixture.log(number) }
        let lines = try fixture.end()
        #expect(lines.map { $0["n"] as? Int } == Array(0..<50))
    }

    @Test func lineIsWrittenWithoutAFlush() throws {
        let fixture = try Fixture(byteCountMax: 1 << 20)
        fixture.log(7)
        #expect(String(decoding: fixture.reader.availableData, as: UTF8.self).contains("\"n\":7"))
        #expect(try fixture.end().isEmpty)
    }

    /// Nobody reads: logging goes on at once, warnings keep their room, and a line says what is gone.
    @Test func readerThatStallsHoldsUpNobody() throws {
        let fixture = try Fixture(byteCountMax: 128 * 1024)
        for number in 0..<2000 { fixture.log(number) }
        fixture.log(5000, isUrgent: true)
        #expect(!fixture.sink.flush(within: .milliseconds(50)))
        let dropped = fixture.sink.droppedCount
        #expect(dropped > 1700)

        let reading = Thread.detached { (try? fixture.reader.readToEnd()) ?? Data() }
        #expect(fixture.sink.flush(within: .seconds(60)))
        fixture.sink.close()
        try fixture.writer.close()
        let lines = try Fixture.objects(in: reading.value() ?? Data())
        // One, or a few where the sink could write between two lines that were logged.
        let notices = lines.filter {
            ($0["message"] as? String)?.hasPrefix("Log lines were dropped") == true
        }
        #expect(lines.contains { $0["n"] as? Int == 5000 })
        #expect(notices.reduce(0) { $0 + ($1["lines"] as? Int ?? 0) } == dropped)
        #expect(lines.count - notices.count == 2000 - dropped + 1)
        #expect(fixture.sink.droppedCount == dropped)
    }

    @Test func readerThatWentAwayIsCountedAndEndsNothing() throws {
        let fixture = try Fixture(byteCountMax: 1 << 20)
        try fixture.reader.close()
        fixture.log(1)
        fixture.log(2)
        #expect(fixture.sink.flush(within: .seconds(60)))
        #expect(fixture.sink.droppedCount == 2)
        fixture.sink.close()
    }

    @Test func linesOfManyThreadsStayWhole() throws {
        let fixture = try Fixture(byteCountMax: 1 << 22)
        let reading = Thread.detached { (try? fixture.reader.readToEnd()) ?? Data() }
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for number in 0..<100 { fixture.log(thread * 100 + number) }
        }
        #expect(fixture.sink.flush(within: .seconds(60)))
        fixture.sink.close()
        try fixture.writer.close()
        let lines = try Fixture.objects(in: reading.value() ?? Data())
        let numbers = lines.map { $0["n"] as? Int }
        #expect(Set(numbers) == Set(0..<800))
        #expect(numbers.count == 800)
    }
}

extension Thread {
    /// What a thread came to.
    final class Outcome<Value: Sendable>: Sendable {
        private let done = DispatchSemaphore(value: 0)
        // Written before the semaphore is signalled, read after it was waited for.
        nonisolated(unsafe) private var result: Value?

        fileprivate func end(with value: Value) {
            result = value
            done.signal()
        }

        func value() -> Value? {
            done.wait()
            return result
        }
    }

    /// Runs `body` on a thread of its own, since it blocks.
    static func detached<Value: Sendable>(
        _ body: @escaping @Sendable () -> Value
    ) -> Outcome<Value> {
        let outcome = Outcome<Value>()
        Thread.detachNewThread { outcome.end(with: body()) }
        return outcome
    }
}
