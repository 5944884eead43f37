import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// From what an answer as known at an instant is made.
struct KnownSpansTests {
    private static func at(_ text: String) throws -> Instant {
        try Instant(rfc3339: "2026-11-\(text):00Z")
    }

    private static func span(_ from: String, _ through: String) throws -> Range<Instant> {
        try at(from)..<at(through)
    }

    @Test func daysAreReadWholeWhereNothingCameSince() throws {
        let days = try Self.span("01T00:00", "06T00:00")
        let spans = KnownSpans(
            of: [try Self.span("01T05:45", "03T00:00"), try Self.span("03T00:00", "05T05:45")],
            within: days,
            lateQuarters: try ["02T00:00", "02T00:15", "02T23:45", "03T00:00", "05T23:45"].map(
                Self.at))
        #expect(
            spans.late == [
                try Self.span("02T00:00", "02T00:30"), try Self.span("02T23:45", "03T00:15"),
                try Self.span("05T23:45", "06T00:00"),
            ])
        #expect(spans.wholeDays == [try Self.span("04T00:00", "05T00:00")])
        #expect(
            spans.quarters == [
                try Self.span("01T00:00", "02T00:00"), try Self.span("02T00:30", "02T23:45"),
                try Self.span("03T00:15", "04T00:00"), try Self.span("05T00:00", "05T23:45"),
            ])
        #expect(
            spans.bounds == [
                try Self.at("01T05:45"), try Self.at("03T00:00"), try Self.at("05T05:45"),
            ])
    }

    /// Every quarter of an hour is read once, whatever came since.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func nothingIsLeftOutOrReadTwice(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let days = try Self.span("01T00:00", "08T00:00")
        let late = (0..<7 * 96).filter { _ in Int.random(in: 0..<40, using: &random) == 0 }
            .map { days.lowerBound.advanced(bySeconds: Int64($0) * 900) }
        let cut = days.lowerBound.advanced(
            bySeconds: 900 * Int64.random(in: 1..<670, using: &random))
        let spans = KnownSpans(
            of: [days.lowerBound..<cut, cut..<days.upperBound], within: days, lateQuarters: late)
        let all = (spans.late + spans.wholeDays + spans.quarters).sorted {
            $0.lowerBound < $1.lowerBound
        }
        #expect(all.first?.lowerBound == days.lowerBound && all.last?.upperBound == days.upperBound)
        for (left, right) in zip(all, all.dropFirst()) {
            #expect(left.upperBound == right.lowerBound)
        }
        for quarter in late { #expect(spans.late.contains { $0.contains(quarter) }) }
        #expect(spans.wholeDays.allSatisfy { $0.lowerBound >= cut || $0.upperBound <= cut })
    }

    @Test func anAnswerIsKnownAtWhatItHasSeenJustBefore() throws {
        let now = try Self.at("21T12:00")
        let seen = { (microseconds: Int64) in now.advanced(byMicroseconds: microseconds) }
        for (times, expected) in [
            ([], now), ([nil], now), ([seen(-10_000_000)], now),
            ([seen(-9_999_999)], seen(-9_999_999)),
            ([seen(-5), nil, seen(-7)], seen(-5)), ([seen(3), seen(-5)], seen(3)),
            // A clock that was far ahead.
            ([seen(60_000_000), seen(-5)], seen(-5)),
        ] as [([Instant?], Instant)] {
            #expect(KnownInstant.of(now: now, seen: times) == expected)
        }
    }
}
