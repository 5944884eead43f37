import Core
import Domain
import Encryption
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Users of usage: sealed where they are stored, whole for those who have the organization's keys.
@Suite struct SealedUserTests {
    private typealias Fixture = LedgerFixture

    private static let users = [
        "", "", "ann@acme.example", "Ann@acme.example", "cafe\u{301}", "café", "[destroyed]",
        "[away]",
        String(repeating: "a", count: 64), "user 1;", "0", "='", "{\"a\":1}",
    ]

    private static func event(
        _ id: String, user: String, sent: String? = nil, feature: String = ""
    ) -> (event: LedgerEvent, counted: DimensionSet) {
        var set = DimensionSet(
            provider: "openai", model: "gpt-6-sol", operation: "chat", serviceTier: "standard",
            user: sent ?? user, feature: feature, source: "gateway")
        let event = LedgerEvent(
            id: id, time: Fixture.now, dimensions: set,
            quantities: UsageQuantities([Quantity(.input, 1_000), Quantity(.output, 100)]))
        guard sent != nil || !feature.isEmpty else { return (event, set) }
        set.user = user
        set.attribution = Attribution(
            ruleSetVersion: 1,
            derived: [
                .init(target: .named(.feature), rule: ExactText("f"), sent: nil)
            ]
                + (sent.map {
                    [
                        .init(
                            target: .named(.user), rule: ExactText("u"),
                            sent: $0.isEmpty ? nil : ExactText($0))
                    ]
                } ?? []))
        return (event, set)
    }

    @discardableResult
    private static func record(
        _ events: [(event: LedgerEvent, counted: DimensionSet)], _ organization: OrganizationID,
        _ fixture: Fixture, cache: LedgerCache = LedgerCache(), keys: any PersonalFieldKeys
    ) async throws -> [EventOutcome] {
        try await cache.prepareMonths(of: events.map(\.event.time)) { statement in
            try await fixture.transaction(organization, statement)
        }
        let priced = try events.map {
            try PricedEvent(
                $0.event, attributed: SharedDimensions($0.counted), calculator: fixture.calculator,
                keys: keys)
        }
        let writer = EntryWriter(organization: organization, cache: cache, keys: keys)
        let recorded = try await fixture.transaction(organization) {
            try await writer.record(priced, in: $0, now: Fixture.now)
        }
        cache.committed(recorded.dimensionSets, organization: organization)
        return recorded.outcomes
    }

    /// The dimensions of each event, as whoever exports them reads them.
    private static func read(
        _ organization: OrganizationID, _ fixture: Fixture, keys: any PersonalFieldKeys
    ) async throws -> [String: DimensionSet] {
        try await fixture.transaction(organization) { transaction in
            let day = Fixture.now.advanced(bySeconds: -86_400)
            var reader = EntryReader(
                organization: organization,
                window: day..<Fixture.now.advanced(bySeconds: 86_400),
                lastEntryID: try await EntryReader.lastEntryID(of: organization, in: transaction),
                keys: keys)
            var found: [String: DimensionSet] = [:]
            var place: EntryReader.Place? = EntryReader.start
            while let next = place {
                let page = try await reader.page(from: next, in: transaction)
                for entry in page.entries { found[entry.eventID] = entry.dimensions }
                place = page.next
            }
            return found
        }
    }

    /// Every row of every table, as text, bytes in hexadecimal.
    private static func everything(_ fixture: Fixture) async throws -> String {
        let tables = try await fixture.rows(
            """
            SELECT c.relname FROM pg_class AS c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            """)
        var text = ""
        for table in tables {
            text += try await fixture.rows("SELECT t::text FROM \(table) AS t")
                .joined(separator: "\n")
        }
        return text
    }

    /// The text, its bytes, and every hash of it that is made without a key.
    private static func traces(_ set: DimensionSet, _ event: LedgerEvent) throws -> [String] {
        var hasher = try EntryHasher()
        var traces: [String] = []
        if !event.dimensions.user.isEmpty {
            traces = try hasher.earlierContents(of: event).map(Self.text)
        }
        if !set.user.isEmpty { traces.append(hexadecimal(try set.unkeyedHash())) }
        for user in [set.user, event.dimensions.user] where user.utf8.count > 8 {
            traces += [user, hexadecimal(Array(user.utf8))]
            traces.append(hexadecimal(try SHA256.digest(Array(user.utf8))))
        }
        return traces
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// As the database writes it.
    private static func text(_ uuid: PostgresUUID) -> String {
        OrganizationID(UUIDv7(high: uuid.high, low: uuid.low)).text
    }

    /// Random events of many users: what was recorded comes back, from another process too, which finds
    /// the same sets; and nothing that is stored helps who has no key, not even to check a guess.
    @Test(arguments: [1, 2, 3] as [UInt64])
    func whatWasRecordedComesBackAndIsNowhereInClear(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            var random = SeededRandom(seed: seed)
            var events: [(event: LedgerEvent, counted: DimensionSet)] = []
            for number in 0..<60 {
                let user = Self.users.randomElement(using: &random) ?? ""
                let sent =
                    Bool.random(using: &random) ? Self.users.randomElement(using: &random) : nil
                events.append(
                    Self.event(
                        "e\(number)", user: sent == nil ? user : user + "!", sent: sent,
                        feature: Bool.random(using: &random) ? "f" : ""))
            }
            let all = events
            let first = try await Self.record(all, organization, fixture, keys: fixture.keys)
            #expect(first.allSatisfy { $0 == .accepted(isUnpriced: false) })
            let sets = Set(all.map(\.counted)).count
            let count = "SELECT count(*) FROM dimension_sets"
            #expect(try await fixture.rows(count) == ["\(sets)"])
            let found = try await Self.read(organization, fixture, keys: fixture.keys)
            for (event, counted) in all {
                #expect(found[event.id] == counted, "\(event.id)")
            }
            // As another process, which remembers nothing.
            let again = try await Self.record(
                all.map {
                    var copy = $0
                    copy.event.id += "-again"
                    return copy
                }, organization, fixture, keys: fixture.keys)
            #expect(again.count == 60 && again.allSatisfy { $0 == .accepted(isUnpriced: false) })
            #expect(try await fixture.rows(count) == ["\(sets)"])
            let repeated = try await Self.record(all, organization, fixture, keys: fixture.keys)
            #expect(repeated.allSatisfy { $0 == .duplicate })
            let stored = try await Self.everything(fixture).lowercased()
            #expect(stored.contains("gpt-6-sol"))
            for (event, counted) in all {
                for trace in try Self.traces(counted, event) {
                    #expect(!stored.contains(trace.lowercased()), "\(counted.user): \(trace)")
                }
            }
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// Users are equal within an organization, and in nothing across two.
    @Test func organizationsHaveNothingInCommon() async throws {
        try await Fixture.with { fixture in
            let organizations = [
                try await fixture.makeOrganization("a"), try await fixture.makeOrganization("b"),
            ]
            for organization in organizations {
                let keys = try TestKeys()
                try await Self.record(
                    [
                        Self.event("1", user: "ann@acme.example"),
                        Self.event("2", user: "ann@acme.example", feature: "f"),
                        Self.event("3", user: "bob@acme.example"),
                    ], organization, fixture, keys: keys)
            }
            let distinct = """
                SELECT count(DISTINCT user_key), count(DISTINCT hash), count(DISTINCT sealed_user),
                    count(*) FROM dimension_sets
                """
            #expect(try await fixture.rows(distinct) == ["4|6|6|6"])
            // Another organization's keys open nothing.
            let other = try TestKeys()
            await #expect(throws: EncryptionError.self) {
                try await Self.read(organizations[0], fixture, keys: other)
            }
        }
    }

    /// Without keys what is known goes on, what is shown says so, and nothing is recorded that would have to
    /// be sealed.
    @Test func withoutKeysNothingIsRecordedInClear() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let known = Self.event("1", user: "ann@acme.example")
            let cache = LedgerCache()
            try await Self.record([known], organization, fixture, cache: cache, keys: fixture.keys)
            try await Self.record(
                [Self.event("2", user: "")], organization, fixture, keys: AwayKeys())
            await #expect(throws: AwayKeys.error) {
                try await Self.record(
                    [Self.event("3", user: "bob@acme.example")], organization, fixture,
                    keys: AwayKeys())
            }
            let found = try await Self.read(organization, fixture, keys: AwayKeys())
            #expect(found["1"]?.user == AwayKeys.shownText && found["2"]?.user == "")
            #expect(found.count == 2)
            // What is stored again is never what is shown in its place.
            let change = EventChange(
                source: "gateway", id: "1",
                kind: .correction(UsageQuantities([Quantity(.input, 7)]), .reported), reason: "r")
            let writer = EntryWriter(
                organization: organization, cache: LedgerCache(), keys: AwayKeys())
            await #expect(throws: AwayKeys.error) {
                try await fixture.transaction(organization) {
                    try await writer.change(
                        [change], calculator: fixture.calculator, in: $0, now: Fixture.now)
                }
            }
            #expect(try await fixture.rows("SELECT count(*) FROM dimension_sets") == ["2"])
        }
    }

    /// Puts sets and keys of events back to what servers wrote before users were sealed.
    private static func unseal(
        _ events: [(event: LedgerEvent, counted: DimensionSet)], _ fixture: Fixture
    ) async throws {
        let quoted = { (text: String) in "'" + text.replacing("'", with: "''") + "'" }
        var hasher = try EntryHasher()
        for (event, counted) in events {
            let sent = counted.attribution?.derived.first { $0.target == .named(.user) }?.sent
            let hash = hexadecimal(try counted.unkeyedHash())
            let key = try hasher.identity(source: event.source, id: event.id)
            let content = try hasher.earlierContents(of: event)[0]
            try await fixture.run(
                """
                UPDATE dimension_sets AS d SET hash = '\\x\(hash)', user_key = '', sealed_user = '',
                    user_id = \(quoted(counted.user))
                FROM usage_event_blocks AS b
                CROSS JOIN LATERAL unnest(b.event_id, b.dimension_set_id) AS v (event_id, set_id)
                WHERE v.event_id = '\(event.id)' AND d.id = v.set_id
                """,
                """
                UPDATE idempotency_keys SET content_hash = '\(text(content))'
                WHERE key_hash = '\(text(key))'
                """)
            guard let sent else { continue }
            try await fixture.run(
                """
                UPDATE dimension_sets
                SET derived_by = jsonb_set(derived_by, '{user,sent}', to_jsonb(\(quoted(sent.text))::text))
                WHERE user_id = \(quoted(counted.user))
                """)
        }
    }

    /// What was stored in clear is read, found and known again, before it is sealed and after; its sets keep
    /// their numbers.
    @Test func whatWasThereBeforeIsSealed() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let events = [
                Self.event("1", user: ""), Self.event("2", user: "ann@acme.example"),
                Self.event("3", user: "team-a", sent: "bob@acme.example", feature: "f"),
                Self.event("4", user: "it's \"{user}\"", feature: "f"),
            ]
            try await Self.record(events, organization, fixture, keys: fixture.keys)
            try await Self.unseal(events, fixture)
            let numbers = "SELECT id, feature, service_tier FROM dimension_sets ORDER BY id"
            let before = try await fixture.rows(numbers)
            #expect(try await Self.everything(fixture).contains("bob@acme.example"))
            for sealsFirst in [false, true] {
                if sealsFirst {
                    let writer = EntryWriter(
                        organization: organization, cache: LedgerCache(), keys: fixture.keys)
                    var counts: [Int] = []
                    while counts.last != 0 {
                        counts.append(
                            try await fixture.transaction(organization, role: "tally_worker") {
                                try await writer.sealUsers(limit: 2, in: $0)
                            })
                    }
                    #expect(counts == [2, 1, 0])
                }
                let found = try await Self.read(organization, fixture, keys: fixture.keys)
                for (event, counted) in events { #expect(found[event.id] == counted) }
                let outcomes = try await Self.record(
                    events
                        + events.map {
                            var copy = $0
                            copy.event.id += "-\(sealsFirst)"
                            return copy
                        }, organization, fixture, keys: fixture.keys)
                #expect(outcomes.prefix(4).allSatisfy { $0 == .duplicate })
                #expect(outcomes.suffix(4).allSatisfy { $0 == .accepted(isUnpriced: false) })
                #expect(try await fixture.rows(numbers) == before)
            }
            let stored = try await Self.everything(fixture)
            for text in ["ann@acme.example", "bob@acme.example", "team-a", "it's"] {
                #expect(!stored.contains(text), "\(text)")
            }
            #expect(try await fixture.disagreements() == [])
        }
    }

    @Test func statementsFitTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                InsertDimensionSets.self, SelectDimensionSets.self, SelectDimensionSetIDs.self,
                SelectSetsToSeal.self, UpdateSealedUsers.self,
            ])
            #expect(faults == [])
        }
    }
}
