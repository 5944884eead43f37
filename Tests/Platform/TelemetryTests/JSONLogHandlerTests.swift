import Core
import Logging
import Synchronization
import Testing

@testable import Telemetry

@Suite struct JSONLogHandlerTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    private func logged(_ body: (Logger) -> Void) -> [String] {
        let lines = Lines()
        let clock = WallClock.fixed(Instant(microseconds: 1_793_404_800_000_042))
        let logger = Logger(label: "test") { _ in
            JSONLogHandler(program: "tally-test", level: .info, clock: clock) { line in
                lines.all.withLock { $0.append(line) }
            }
        }
        body(logger)
        return lines.all.withLock { $0 }
    }

    @Test func timeIsUTCToTheMicrosecond() {
        let lines = logged { $0.info("started") }
        #expect(
            lines == [
                "{\"time\":\"2026-10-31T00:00:00.000042Z\",\"level\":\"info\","
                    + "\"program\":\"tally-test\",\"message\":\"started\"}\n"
            ])
    }

    @Test func controlCharactersNeverBreakALine() {
        let lines = logged { $0.info("a\nb", metadata: ["key\u{1}": "say \"no\"\\\r\n"]) }
        #expect(lines.count == 1)
        #expect(lines[0].dropLast().contains("\n") == false)
        #expect(lines[0].contains("\"a\\nb\""))
        #expect(lines[0].contains("\"key\\u0001\":\"say \\\"no\\\"\\\\\\r\\n\""))
    }

    @Test func secretsPrintRedacted() {
        let key = Secret("sk-admin-1234")
        let lines = logged { $0.info("connected", metadata: ["key": "\(key)"]) }
        #expect(lines[0].contains("sk-admin") == false)
        #expect(lines[0].contains("<redacted>"))
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
            (4_102_444_799_000_000, "2099-12-31T23:59:59.000000Z"),
        ] as [(Int64, String)])
    func civilDatesHoldAtTheirBorders(microseconds: Int64, text: String) {
        #expect(UTCTimestamp.text(Instant(microseconds: microseconds)) == text)
    }
}
