import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

struct SpendSpansTests {
    private static let day: Int64 = 86_400
    private static let quarter: Int64 = 900

    private static func at(_ quarters: Int64) -> Instant {
        Instant(seconds: 20_000 * day + quarters * quarter)
    }

    /// Each quarter of an hour counts once for its step and for no other, whatever the steps cut; what is
    /// read for a step by quarters is never more than half a day on either side.
    @Test func everyQuarterCountsOnceForItsStep() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<200 {
            var begins = Int64.random(in: 0..<96, using: &random)
            var steps: [Range<Instant>] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let width = Int64.random(
                    in: 1...[8, 96, 400, 9_000].randomElement(using: &random)!, using: &random)
                steps.append(Self.at(begins)..<Self.at(begins + width))
                begins += width
            }
            let days = Self.at(0)..<UTCDay.ceiling(Self.at(begins))
            let monthsFrom =
                Bool.random(using: &random)
                ? Self.at(.random(in: -9_000...9_000, using: &random)) : nil
            let spans = SpendSpans(
                of: steps, within: days, monthsFrom: monthsFrom,
                now: Self.at(.random(in: 0...9_000, using: &random)))
            let count = (days.upperBound.seconds - days.lowerBound.seconds) / Self.quarter
            // All of a short window, and some of a long one.
            for number in stride(from: 0, to: count, by: count > 3_000 ? 61 : 1) {
                let instant = Self.at(number)
                var counts: [Int64: Int64] = [:]
                for part in spans.wholeMonths where part.span.contains(instant) {
                    counts[part.number, default: 0] += 1
                }
                for part in spans.wholeDays where part.span.contains(instant) {
                    counts[part.number, default: 0] += part.sign
                }
                for part in spans.quarters where part.span.contains(instant) {
                    counts[part.number, default: 0] += part.sign
                }
                let inside = steps.firstIndex { $0.contains(instant) }.map {
                    [Int64($0) + 1: Int64(1)]
                }
                #expect(
                    counts.filter { $0.value != 0 } == inside ?? [:],
                    "\(steps), \(instant)")
            }
            for part in spans.wholeDays {
                #expect(UTCDay.floor(part.span.lowerBound) == part.span.lowerBound)
                #expect(UTCDay.floor(part.span.upperBound) == part.span.upperBound)
            }
            for part in spans.wholeMonths {
                #expect(UTCMonth.start(of: part.span.lowerBound) == part.span.lowerBound)
                #expect(UTCMonth.start(of: part.span.upperBound) == part.span.upperBound)
                #expect(part.span.lowerBound >= monthsFrom ?? Instant(seconds: .max / 1_000_000))
            }
            for part in spans.quarters {
                let seconds = part.span.upperBound.seconds - part.span.lowerBound.seconds
                #expect(seconds <= Self.day / 2 || part.span == steps[Int(part.number) - 1])
                #expect(seconds < 2 * Self.day)
            }
            // Of the days that are cut, the report knows when they were recorded.
            for cut in [spans.bounds.first, spans.bounds.last].compactMap({ $0 })
            where UTCDay.floor(cut) != cut {
                #expect(
                    spans.wholeDays.contains { $0.sign >= 0 && $0.span.contains(cut) }, "\(steps)")
            }
        }
    }

    /// A month of Berlin is 31 days, less and more one or two hours.
    @Test func aMonthOfAZoneReadsDays() {
        let month = Self.at(-4)..<Self.at(31 * 96 - 4)
        let spans = SpendSpans(of: [month], within: Self.at(-96)..<Self.at(31 * 96))
        #expect(
            spans.wholeDays == [
                .init(number: 1, span: Self.at(0)..<Self.at(31 * 96)),
                .init(number: 1, span: Self.at(-96)..<Self.at(0), sign: 0),
            ])
        #expect(
            spans.quarters == [
                .init(number: 1, span: Self.at(-4)..<Self.at(0), sign: 1),
                .init(number: 1, span: Self.at(31 * 96 - 4)..<Self.at(31 * 96), sign: -1),
            ])
    }

    /// What a report asks for mostly: a month of a zone, the last thirty days, a year.
    @Test func monthsAreReadWhole() throws {
        let at = { (text: String) in try Instant(rfc3339: text + ":00Z") }
        let spans = { (from: String, through: String) in
            let step = try at(from)..<at(through)
            return SpendSpans(
                of: [step], within: UTCDay.floor(step.lowerBound)..<UTCDay.ceiling(step.upperBound),
                monthsFrom: try at("2026-01-01T00:00"), now: try at("2026-11-10T12:00"))
        }
        let november = try spans("2026-10-31T23:00", "2026-11-30T23:00")
        #expect(
            november.wholeMonths == [
                .init(number: 1, span: try at("2026-11-01T00:00")..<at("2026-12-01T00:00"))
            ])
        #expect(november.wholeDays.map(\.sign) == [0, 0])
        // The days of November that are to come have nothing.
        let last = try spans("2026-10-12T00:00", "2026-11-11T00:00")
        #expect(
            last.wholeMonths == [
                .init(number: 1, span: try at("2026-10-01T00:00")..<at("2026-12-01T00:00"))
            ])
        #expect(
            last.wholeDays == [
                .init(
                    number: 1, span: try at("2026-10-01T00:00")..<at("2026-10-12T00:00"), sign: -1),
                .init(
                    number: 1, span: try at("2026-11-11T00:00")..<at("2026-12-01T00:00"), sign: -1),
            ])
        // Before 2026, none is summed.
        let year = try spans("2025-11-01T00:00", "2026-11-01T00:00")
        #expect(
            year.wholeMonths == [
                .init(number: 1, span: try at("2026-01-01T00:00")..<at("2026-11-01T00:00"))
            ])
        #expect(
            year.wholeDays == [
                .init(number: 1, span: try at("2025-11-01T00:00")..<at("2026-01-01T00:00"))
            ])
        let week = try spans("2026-10-05T00:00", "2026-10-12T00:00")
        #expect(week.wholeMonths == [])
        #expect(week.wholeDays == [.init(number: 1, span: week.days)])
    }
}
