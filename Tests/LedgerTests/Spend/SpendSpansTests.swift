import Core
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
                    in: 1...[8, 96, 400].randomElement(using: &random)!, using: &random)
                steps.append(Self.at(begins)..<Self.at(begins + width))
                begins += width
            }
            let days = Self.at(0)..<UTCDay.ceiling(Self.at(begins))
            let spans = SpendSpans(of: steps, within: days)
            for number in 0..<(days.upperBound.seconds - days.lowerBound.seconds) / Self.quarter {
                let instant = Self.at(number)
                var counts: [Int64: Int64] = [:]
                for part in spans.wholeDays where part.span.contains(instant) {
                    counts[part.number, default: 0] += 1
                }
                for part in spans.quarters where part.span.contains(instant) {
                    counts[part.number, default: 0] += part.sign
                }
                let inside = steps.firstIndex { $0.contains(instant) }.map {
                    [Int64($0) + 1: Int64(1)]
                }
                #expect(
                    counts.filter { $0.key != SpendSpans.around && $0.value != 0 } == inside ?? [:],
                    "\(steps), \(instant)")
            }
            for part in spans.wholeDays {
                #expect(UTCDay.floor(part.span.lowerBound) == part.span.lowerBound)
                #expect(UTCDay.floor(part.span.upperBound) == part.span.upperBound)
            }
            for part in spans.quarters {
                let seconds = part.span.upperBound.seconds - part.span.lowerBound.seconds
                #expect(seconds <= Self.day / 2 || part.span == steps[Int(part.number) - 1])
                #expect(seconds < 2 * Self.day)
            }
            // Of the days that are cut, the report knows when they were recorded.
            for cut in [spans.bounds.first, spans.bounds.last].compactMap({ $0 })
            where UTCDay.floor(cut) != cut {
                #expect(spans.wholeDays.contains { $0.span.contains(cut) }, "\(steps)")
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
                .init(number: SpendSpans.around, span: Self.at(-96)..<Self.at(0)),
            ])
        #expect(
            spans.quarters == [
                .init(number: 1, span: Self.at(-4)..<Self.at(0), sign: 1),
                .init(number: 1, span: Self.at(31 * 96 - 4)..<Self.at(31 * 96), sign: -1),
            ])
    }
}
