import Core
import Domain
import Testing

@testable import Providers

struct ReportWindowTests {
    @Test func windowsCoverWholeBuckets() throws {
        let from = try Instant(rfc3339: "2026-11-01T10:59:59Z")
        let through = try Instant(rfc3339: "2026-11-03T00:00:01Z")
        let hours = ReportWindow.whole(.hour, from: from, through: through)
        #expect(hours.from.rfc3339 == "2026-11-01T10:00:00Z")
        #expect(hours.through.rfc3339 == "2026-11-03T01:00:00Z")
        let days = ReportWindow.whole(.day, from: from, through: through)
        #expect(days.from.rfc3339 == "2026-11-01T00:00:00Z")
        #expect(days.through.rfc3339 == "2026-11-04T00:00:00Z")
    }

    @Test func wholeBucketsStayAsTheyAre() throws {
        let from = try Instant(rfc3339: "2026-11-01T00:00:00Z")
        let through = try Instant(rfc3339: "2026-11-03T00:00:00Z")
        #expect(
            ReportWindow.whole(.day, from: from, through: through)
                == ReportWindow(from: from, through: through))
    }

    @Test func naturalKeysTellNullFromEmptyAndValuesFromSeparators() {
        let bucket = ReportWindow(from: Instant(seconds: 0), through: Instant(seconds: 3600))
        let key = { (dimensions: [ReportedDimension]) in
            NaturalKey.text(stream: "usage", bucket: bucket, dimensions: dimensions)
        }
        let keys = [
            key([]), key([ReportedDimension("a", "")]), key([ReportedDimension("a", "x")]),
            key([ReportedDimension("a", "x\u{1f}b=y")]),
            key([ReportedDimension("a", "x"), ReportedDimension("b", "y")]),
            key([ReportedDimension("a", "x\\sb=y")]),
        ]
        #expect(Set(keys).count == keys.count)
    }
}
