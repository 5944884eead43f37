import Core
import Foundation
import Logging
import Synchronization
import Testing

@testable import Telemetry

@Suite struct JSONLogHandlerTests {
    private final class Lines: LogOutput {
        let all = Mutex<[(text: String, isUrgent: Bool)]>([])

        func take(_ line: LogLine, isUrgent: Bool) {
            all.withLock { $0.append((String(decoding: line.bytes, as: UTF8.self), isUrgent)) }
        }
    }

    private func logged(_ body: (inout Logger) -> Void) -> [(text: String, isUrgent: Bool)] {
        let lines = Lines()
        let clock = WallClock.fixed(Instant(microseconds: 1_793_404_800_000_042))
        var logger = Logger(label: "test") { _ in
            JSONLogHandler(program: "tally-test", level: .info, clock: clock, output: lines)
        }
        body(&logger)
        return lines.all.withLock { $0 }
    }

    @Test func timeIsUTCToTheMicrosecond() {
        let lines = logged { $0.info("started") }
        #expect(
            lines.map(\.text) == [
                "{\"time\":\"2026-10-31T00:00:00.000042Z\",\"level\":\"info\","
                    + "\"program\":\"tally-test\",\"message\":\"started\"}\n"
            ])
    }

    @Test func controlCharactersNeverBreakALine() {
        let lines = logged { $0.info("a\nb", metadata: ["key\u{1}": "say \"no\"\\\r\n"]) }
        #expect(lines.count == 1)
        #expect(lines[0].text.dropLast().contains("\n") == false)
        #expect(lines[0].text.contains("\"a\\nb\""))
        #expect(lines[0].text.contains("\"key\\u0001\":\"say \\\"no\\\"\\\\\\r\\n\""))
    }

    /// Every scalar below U+3000, bytes that are no UTF-8, and what lies beyond the first plane come
    /// back from a foreign parser as they were, and none of them ends the line for anybody.
    @Test func everyTextIsReadBackAsItWas() throws {
        let scalars = (0..<0x3000).compactMap(Unicode.Scalar.init).map { String($0) }
        let texts =
            scalars + [
                String(decoding: [0x61, 0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80], as: UTF8.self),
                "😀\u{10FFFF}",
                "", "ascii only", "e\u{301}",
            ]
        for text in texts {
            let line = logged { $0.info("m", metadata: ["k": "\(text)"]) }[0].text
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            let value = (object as? [String: String])?["k"]
            #expect(value.map { Array($0.utf8) } == Array(text.utf8))
            let breaks = line.unicodeScalars.dropLast().contains {
                $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.value == 0x2028
                    || $0.value == 0x2029
            }
            #expect(!breaks)
        }
    }

    @Test func fieldsStandByKeyAndTheLinesOwnWin() {
        let lines = logged {
            $0[metadataKey: "b"] = "logger"
            $0[metadataKey: "a"] = "logger"
            $0[metadataKey: "level"] = "taken"
            $0.info("m", metadata: ["b": "line", "c": ["x", "y"], "d": .stringConvertible(7)])
        }
        #expect(
            lines[0].text.hasSuffix(
                "\"message\":\"m\",\"a\":\"logger\",\"b\":\"line\",\"c\":\"[\\\"x\\\", \\\"y\\\"]\","
                    + "\"d\":\"7\",\"level_\":\"taken\"}\n"))
    }

    @Test func warningsAndAboveAreUrgent() {
        let lines = logged {
            $0.debug("left out")
            $0.notice("n")
            $0.warning("w")
            $0.error("e")
        }
        #expect(lines.map(\.isUrgent) == [false, true, true])
    }

    @Test func secretsPrintRedacted() {
        let key = Secret("sk-admin-1234")
        let lines = logged { $0.info("connected", metadata: ["key": "\(key)"]) }
        #expect(lines[0].text.contains("sk-admin") == false)
        #expect(lines[0].text.contains("<redacted>"))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (4_102_444_799_000_000, "2099-12-31T23:59:59.000000Z"),
        ] as [(Int64, String)])
    func civilDatesHoldAtTheirBorders(microseconds: Int64, text: String) {
        var bytes: [UInt8] = []
        UTCTimestamp.append(Instant(microseconds: microseconds), to: &bytes)
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [0, 9, 10, -1, 1_234_567_890, Int64.max, Int64.min])
    func numbersAreWrittenInFull(number: Int64) {
        var line = LogLine(
            time: Instant(seconds: 0), level: "info", program: "p", message: "m")
        line.add("n", number: number)
        line.end()
        #expect(String(decoding: line.bytes, as: UTF8.self).hasSuffix(",\"n\":\(number)}\n"))
    }
}
