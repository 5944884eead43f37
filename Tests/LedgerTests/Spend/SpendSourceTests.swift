import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// Which sources a report names, and when each told the last of it: those of the days that it has a part of, whether it
/// reads months, days or quarters of an hour.
struct SpendSourceTests {
    private typealias Fixture = LedgerFixture

    private static func at(_ text: String) throws -> Instant {
        try Instant(rfc3339: "2026-\(text):00Z")
    }

    private static func event(_ source: String, _ time: String) throws -> LedgerEvent {
        var event = Fixture.event("\(source) \(time)", time: try at(time))
        event.dimensions.source = source
        return event
    }

    /// The sources of a month and of most of one, in a zone that is two hours ahead.
    @Test func monthsNameSourcesAsQuartersDo() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let (first, second) = (Fixture.now, Fixture.now.advanced(bySeconds: 3_600))
            let third = second.advanced(bySeconds: 3_600)
            for (told, now, isMerged) in [
                (
                    [
                        ("inside", "09-10T12:00"), ("before", "08-31T05:00"),
                        ("long before", "08-20T05:00"), ("after", "09-30T23:00"),
                        ("cut", "09-04T20:00"), ("first days", "09-02T12:00"),
                        ("early", "09-02T13:00"),
                    ], first, true
                ),
                // Recorded later than what the month's other days have.
                ([("cut", "09-02T12:00"), ("first days", "09-03T12:00")], second, true),
                (
                    [
                        ("inside", "09-11T12:00"), ("before", "08-31T06:00"),
                        ("after", "09-30T22:30"), ("early", "09-04T21:45"),
                        ("new", "08-31T21:45"), ("newer", "09-04T21:45"), ("newest", "09-30T22:00"),
                    ], third, false
                ),
            ] {
                try await (isMerged ? fixture.merging(afterCommits: 1) : fixture).record(
                    try told.map(Self.event), organization, now: now)
            }
            #expect(try await fixture.rows("SELECT count(*) FROM usage_rollup_deltas") == ["1"])
            for (from, named) in [
                (
                    "08-31T22:00",
                    [
                        "after", "before", "cut", "early", "first days", "inside", "new", "newer",
                        "newest",
                    ]
                ),
                ("09-04T22:00", ["after", "cut", "early", "inside", "newer", "newest"]),
            ] {
                let window = try Self.at(from)..<Self.at("09-30T22:00")
                var found: [[String: Instant?]] = []
                for steps in [nil, [window]] {
                    let report = try await fixture.transaction(organization) {
                        try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                            $0, organization: organization, keys: fixture.keys,
                            from: window.lowerBound, through: window.upperBound, by: steps,
                            basis: .metered, now: third)
                    }
                    found.append(
                        Dictionary(
                            uniqueKeysWithValues: report.completeness.sources.map {
                                ($0.name, $0.lastReadAt)
                            }))
                }
                #expect(found[0].keys.sorted() == named)
                #expect(found[1] == found[0])
                let cut = try #require(found[1]["cut"] ?? nil)
                #expect((cut < second) == (from == "09-04T22:00"))
            }
        }
    }
}
