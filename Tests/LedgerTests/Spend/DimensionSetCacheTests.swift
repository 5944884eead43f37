import Core
import Domain
import Encryption
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// What reports remember of dimension sets: the same as they would read, and of their own organization.
struct DimensionSetCacheTests {
    private typealias Fixture = LedgerFixture

    private static let day =
        UTCDay.floor(
            Fixture.now)..<UTCDay.floor(Fixture.now).advanced(bySeconds: 86_400)

    /// What a report of the day has, by its words.
    private static func features(
        _ organization: OrganizationID, _ fixture: Fixture, _ cache: DimensionSetCache
    ) async throws -> [String: Int64] {
        let rows = try await rows(organization, fixture, cache, needsUsers: false)
        return Dictionary(uniqueKeysWithValues: rows.map { ($0.dimensions.feature, $0.requests) })
    }

    private static func rows(
        _ organization: OrganizationID, _ fixture: Fixture, _ cache: DimensionSetCache,
        needsUsers: Bool, keys: (any PersonalFieldKeys)? = nil
    ) async throws -> [SpendRow] {
        let reader = SpendReader(catalogues: PriceCatalogueStore(), sets: cache)
        return try await fixture.transaction(organization) {
            try await reader.spend(
                $0, organization: organization, keys: keys ?? fixture.keys,
                from: day.lowerBound, through: day.upperBound, by: [day], basis: .metered,
                needsUsers: needsUsers, now: Fixture.now)
        }.rows
    }

    private static func change(feature: String, to other: String, _ fixture: Fixture) async throws {
        try await fixture.run(
            "UPDATE dimension_sets SET feature = '\(other)' WHERE feature = '\(feature)'")
    }

    /// Sets that are known are not read again, those that come are; and each organization has its own, though numbers
    /// are the same.
    @Test func organizationsRememberTheirOwn() async throws {
        try await Fixture.with { fixture in
            let cache = DimensionSetCache()
            let organizations = [
                try await fixture.makeOrganization("a"), try await fixture.makeOrganization("b"),
            ]
            for (organization, features) in zip(organizations, [["a1", "a2"], ["b1", "b2"]]) {
                try await fixture.record(
                    features.map { Fixture.event($0, feature: $0) }, organization)
            }
            #expect(
                try await fixture.rows(
                    "SELECT id FROM dimension_sets GROUP BY id HAVING count(*) = 2 ORDER BY 1")
                    == ["1", "2"])
            for _ in 0..<2 {
                #expect(
                    try await Self.features(organizations[0], fixture, cache)
                        == ["a1": 1, "a2": 1])
                #expect(
                    try await Self.features(organizations[1], fixture, cache)
                        == ["b1": 1, "b2": 1])
            }
            // As nothing but this test does: so the second look was at what the first one read.
            try await Self.change(feature: "a1", to: "other", fixture)
            try await fixture.record(
                [Fixture.event("again", feature: "a2"), Fixture.event("new", feature: "a3")],
                organizations[0])
            #expect(
                try await Self.features(organizations[0], fixture, cache)
                    == ["a1": 1, "a2": 2, "a3": 1])
            #expect(
                try await Self.features(organizations[0], fixture, DimensionSetCache())
                    == ["other": 1, "a2": 2, "a3": 1])
        }
    }

    /// A small cache answers as a large one.
    @Test func whatIsTooMuchIsReadAgain() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            // Room for two of the three, and for none.
            for (room, remembered) in [(3_000, [true, true, false]), (0, [false, false, false])] {
                let cache = DimensionSetCache(bytesMax: room)
                for number in 1...3 {
                    let feature = "x\(number)"
                    try await fixture.record(
                        [Fixture.event("\(room) \(number)", feature: feature)], organization)
                    let found = try await Self.features(organization, fixture, cache)
                    #expect(found[feature] == (room == 0 ? 2 : 1))
                }
                let known = cache.known([1, 2, 3], of: PostgresUUID(organization))
                #expect(known.map { $0 != nil } == remembered)
            }
        }
    }

    /// Who asked last stays; a set that comes does not let go of its own organization's.
    @Test func organizationsThatAskedLongestAgoAreForgotten() throws {
        let organizations = (1...4).map { PostgresUUID(high: 0, low: $0) }
        let cache = DimensionSetCache(bytesMax: 3_500)
        let remember = { (organization: PostgresUUID, ids: [Int64]) in
            cache.remember(
                Dictionary(
                    uniqueKeysWithValues: ids.map {
                        let set = DimensionSet(provider: "p", model: "\($0)")
                        return ($0, .init(dimensions: SharedDimensions(set), sealedUser: []))
                    }), of: organization)
        }
        // Not by `known`, which would be a use.
        for number in 0..<3 { remember(organizations[number], [1]) }
        #expect(cache.known([1], of: organizations[0]).first??.dimensions.set.model == "1")
        remember(organizations[3], [7])
        #expect(cache.known([1], of: organizations[1]).first! == nil)
        #expect(cache.known([1, 7], of: organizations[3]).map { $0 != nil } == [false, true])
        #expect(cache.known([1], of: organizations[0]).first! != nil)
        #expect(cache.known([1], of: organizations[2]).first! != nil)
        // Its own third does not fit, with whatever is let go of others.
        remember(organizations[3], [8])
        remember(organizations[3], [9])
        remember(organizations[3], [10])
        #expect(cache.known([7, 8, 9, 10], of: organizations[3]).count { $0 != nil } == 3)
        #expect(cache.known([1], of: organizations[0]).first! == nil)
        #expect(cache.known([1], of: organizations[2]).first! == nil)
    }

    /// A user is opened for each report, with the keys of then; and one that nobody sealed yet is not kept.
    @Test func usersAreNotRemembered() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            var event = Fixture.event("1")
            event.dimensions.user = "ann@acme.example"
            try await fixture.record([event], organization)
            let cache = DimensionSetCache()
            let users = { @Sendable (needsUsers: Bool, keys: (any PersonalFieldKeys)?) in
                try await Self.rows(
                    organization, fixture, cache, needsUsers: needsUsers, keys: keys
                ).map(\.dimensions.user)
            }
            for _ in 0..<2 {
                #expect(try await users(true, nil) == ["ann@acme.example"])
                #expect(try await users(false, nil) == [""])
                #expect(try await users(true, AwayKeys()) == [AwayKeys.shownText])
            }
            // As servers of before stored it.
            try await fixture.run(
                "UPDATE dimension_sets SET sealed_user = '', user_key = '', user_id = 'ann'")
            let other = DimensionSetCache()
            let unsealed = try await Self.rows(organization, fixture, other, needsUsers: false)
            #expect(unsealed.map(\.dimensions.user) == ["ann"])
            #expect(other.known([1], of: PostgresUUID(organization)).compactMap { $0 }.isEmpty)
            #expect(!cache.known([1], of: PostgresUUID(organization)).compactMap { $0 }.isEmpty)
        }
    }
}
