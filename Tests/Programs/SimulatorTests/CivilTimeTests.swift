import Foundation
import Testing

@testable import Simulator

@Suite struct CivilTimeTests {
    @Test(
        arguments: [
            ("2026-11-21T06:00:00Z", 1_795_240_800), ("2026-11-21t06:00:00.999z", 1_795_240_800),
            ("2026-11-21T07:00:00+01:00", 1_795_240_800), ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -1), ("2024-02-29T00:00:00Z", 1_709_164_800),
            ("2026-11-20T22:15:00-07:45", 1_795_240_800),
        ] as [(String, Int64)])
    func timesAreRead(text: String, seconds: Int64) {
        #expect(CivilTime.seconds(ofRFC3339: text) == seconds)
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T06:00:00", "2026-11-21T06:00Z", "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z", "2026-11-21T24:00:00Z", "2026-11-21T06:60:00Z",
        "2026-11-21T06:00:00+1:00", "2026-11-21T06:00:00.Z", "26-11-21T06:00:00Z",
        "2026-11-21T06:00:00Z ",
    ])
    func whatIsNoTimeIsRefused(text: String) {
        #expect(CivilTime.seconds(ofRFC3339: text) == nil)
    }

    /// Against Foundation's calendar, from 1900 to 2100.
    @Test func datesAgreeWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for step in stride(from: Int64(-2_208_988_800), to: 4_102_444_800, by: 86400 * 13 + 4321) {
            let civil = CivilTime(seconds: step)
            let parts = calendar.dateComponents(
                [.year, .month, .day, .hour, .minute, .second, .weekday],
                from: Date(timeIntervalSince1970: TimeInterval(step)))
            #expect(civil.year == parts.year.map(Int64.init))
            #expect(civil.month == parts.month.map(Int64.init))
            #expect(civil.day == parts.day.map(Int64.init))
            #expect(CivilTime.seconds(ofRFC3339: civil.rfc3339) == step)
            let weekday = CivilTime.weekday(ofDay: CivilTime.snap(step, to: 86400) / 86400)
            // Foundation counts from Sunday, which is 1.
            #expect((weekday + 1) % 7 + 1 == parts.weekday.map(Int64.init))
        }
    }
}
