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
            let early = [
                ("inside", "09-10T12:00"), ("before", "08-31T05:00"),
                ("long before", "08-20T05:00"),
                ("after", "09-30T23:00"), ("cut", "09-04T20:00"), ("first days", "09-02T12:00"),
            ]
            // Recorded later than what the month's other days have.
            let late = [("cut", "09-02T12:00"), ("first days", "09-03T12:00")]
            let (first, second) = (Fixture.now, Fixture.now.advanced(bySeconds: 3_600))
            for isMerged in [false, true] {
                for (told, now) in [(early, first), (late, second)] {
                    try await (isMerged ? fixture.merging(afterCommits: 1) : fixture).record(
                        try told.map { try Self.event($0.0 + (isMerged ? " merged" : ""), $0.1) },
                        organization, now: now)
                }
            }
            // The first two commits were merged with the third.
            #expect(try await fixture.rows("SELECT count(*) FROM usage_rollup_deltas") == ["0"])
            try await fixture.record(
                [Self.event("inside", "09-11T12:00")], organization, now: second)
            for (from, named) in [
                ("08-31T22:00", ["after", "before", "cut", "first days", "inside"]),
                ("09-04T22:00", ["after", "cut", "inside"]),
            ] {
                let window = try Self.at(from)..<Self.at("09-30T22:00")
                var found: [[String: Instant?]] = []
                for steps in [nil, [window]] {
                    let report = try await fixture.transaction(organization) {
                        try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                            $0, organization: organization, keys: fixture.keys,
                            from: window.lowerBound, through: window.upperBound, by: steps,
                            basis: .metered, now: second)
                    }
                    found.append(
                        Dictionary(
                            uniqueKeysWithValues: report.completeness.sources.map {
                                ($0.name, $0.lastReadAt)
                            }))
                }
                let names = named + named.map { "\($0) merged" }
                #expect(found[0].keys.sorted() == names.sorted())
                #expect(found[1] == found[0])
                let cut = try #require(found[1]["cut"] ?? nil)
                #expect((cut < second) == (from == "09-04T22:00"))
            }
        }
    }
}
