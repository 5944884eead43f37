import Core
import Domain
import Foundation
import TestSupport
import Testing

struct OrganizationZoneTests {
    /// Row 17: the days of every month are the month in every zone, gap-free, and every instant
    /// lies in the day that claims it.
    @Test func daysOfAMonthAreTheMonth() throws {
        let zones = ["UTC"] + TimeZone.knownTimeZoneIdentifiers.filter { $0.contains("/") }
        var random = SeededRandom(seed: 17)
        for name in zones {
            let zone = try OrganizationZone(name)
            let first = CivilMonth.random(using: &random)
            for month in [first, first.next] {
                let bounds = zone.monthBounds(month)
                var cursor = bounds.lowerBound
                for day in month.days {
                    let span = zone.dayBounds(day)
                    #expect(span.lowerBound == cursor, "\(name) \(day)")
                    cursor = span.upperBound
                    guard !span.isEmpty else { continue }
                    let last = Instant(microseconds: span.upperBound.microseconds - 1)
                    #expect(zone.day(containing: span.lowerBound) == day, "\(name) \(day)")
                    #expect(zone.day(containing: last) == day, "\(name) \(day)")
                }
                #expect(cursor == bounds.upperBound, "\(name) \(month)")
            }
        }
    }

    @Test(arguments: [
        ("Europe/Berlin", 2026, 3, 29, 23), ("Europe/Berlin", 2026, 10, 25, 25),
        ("Europe/Berlin", 2026, 3, 28, 24), ("America/Havana", 2026, 3, 8, 23),
        ("America/Havana", 2026, 11, 1, 25), ("Asia/Kathmandu", 2026, 1, 1, 24),
        ("Pacific/Apia", 2011, 12, 30, 0), ("Africa/Cairo", 2026, 4, 24, 23),
        ("America/Sao_Paulo", 2018, 11, 4, 23),
    ])
    func daysAreAsLongAsTheZoneSays(name: String, year: Int, month: Int, day: Int, hours: Int64)
        throws
    {
        let date = try CivilDate(year: year, month: month, day: day)
        let bounds = try OrganizationZone(name).dayBounds(date)
        #expect(bounds.upperBound.seconds - bounds.lowerBound.seconds == hours * 3600)
    }

    /// Hours tile their day; each begins where the local clock shows a full hour, or was changed.
    @Test(arguments: [
        ("UTC", 2026, 1, 1, 24), ("Asia/Kathmandu", 2026, 1, 1, 24),
        ("Europe/Berlin", 2026, 3, 29, 23), ("Europe/Berlin", 2026, 10, 25, 25),
        ("America/Havana", 2026, 11, 1, 25), ("Africa/Cairo", 2026, 4, 24, 23),
        ("Pacific/Apia", 2011, 12, 30, 0), ("Australia/Lord_Howe", 2026, 4, 5, 25),
        ("Australia/Lord_Howe", 2026, 10, 4, 24),
    ])
    func hoursFollowTheLocalClock(name: String, year: Int, month: Int, day: Int, count: Int) throws
    {
        let zone = try OrganizationZone(name)
        let date = try CivilDate(year: year, month: month, day: day)
        let hours = zone.hourBounds(date)
        #expect(hours.count == count)
        var cursor = zone.dayBounds(date).lowerBound
        for hour in hours {
            #expect(hour.lowerBound == cursor)
            cursor = hour.upperBound
            let offset = zone.offsetSeconds(at: hour.lowerBound)
            let before = zone.offsetSeconds(
                at: Instant(microseconds: hour.lowerBound.microseconds - 1))
            let local = hour.lowerBound.seconds + Int64(offset)
            #expect(local % 3600 == 0 || offset != before)
        }
        #expect(cursor == zone.dayBounds(date).upperBound)
    }

    @Test func quarterHourZonesCutAtTheirOwnMidnight() throws {
        let zone = try OrganizationZone("Asia/Kathmandu")
        let day = try CivilDate(year: 2026, month: 11, day: 21)
        let expected = try Instant(rfc3339: "2026-11-20T18:15:00Z")
        #expect(zone.dayBounds(day).lowerBound == expected)
        let before = Instant(microseconds: expected.microseconds - 1)
        #expect(zone.day(containing: before) == day.advanced(byDays: -1))
    }

    @Test(arguments: ["", "CET", "GMT+3", "+01:00", "Mars/Olympus", "Europe/../etc"])
    func refusesWhatIsNoZone(name: String) {
        #expect(throws: ServiceError(.invalidArgument, "TIME_ZONE_UNKNOWN", "")) {
            try OrganizationZone(name)
        }
    }

    @Test func civilDaysCountOn() throws {
        for number in stride(from: 0, to: 2_932_896, by: 97) {
            let date = CivilDate(dayNumber: number)
            #expect(date.dayNumber == number)
            #expect(
                try CivilDate(year: date.year, month: date.month, day: date.day) == date)
        }
        #expect(try CivilMonth(year: 2024, month: 2).days.count == 29)
        #expect(try CivilMonth(year: 2026, month: 12).next.description == "2027-01")
        #expect(try CivilMonth(year: 2026, month: 1).previous.description == "2025-12")
        #expect(CivilDate(dayNumber: 0).description == "1970-01-01")
    }

    @Test func refusesDaysThatDoNotExist() {
        for (year, month, day) in [(2026, 2, 29), (2026, 0, 1), (2026, 4, 31), (1969, 1, 1)] {
            #expect(throws: ServiceError(.invalidArgument, "DATE_INVALID", "")) {
                try CivilDate(year: year, month: month, day: day)
            }
        }
    }
}

extension CivilMonth {
    fileprivate static func random(using random: inout some RandomNumberGenerator) -> CivilMonth {
        CivilDate(dayNumber: Int.random(in: 10_000...25_000, using: &random)).monthOfYear
    }
}
