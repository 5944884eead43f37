import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// How many events a day an organization may bring.
@Suite struct EventQuotaTests {
    /// Whatever comes when: what was taken in on a day never exceeds the limit, and what is refused
    /// would have.
    @Test func noDayTakesMoreThanItsLimit() throws {
        for seed in UInt64(1)...30 {
            var random = SeededRandom(seed: seed)
            let limit = Int64.random(in: 1...200, using: &random)
            var now = Instant(seconds: 20_000 * 86_400)
            var count = EventCount(day: 0, count: 0)
            var taken: [Int64: Int64] = [:]
            for _ in 0..<300 {
                // Clocks of servers differ by a little, either way.
                now = now.advanced(bySeconds: Int64.random(in: -3...4000, using: &random))
                let added = Int.random(in: 0...60, using: &random)
                let day = max(count.day, now.seconds / 86_400)
                let sum = taken[day, default: 0] + Int64(added)
                do {
                    count = try count.adding(added, at: now, limit: limit)
                    #expect(sum <= limit, "seed \(seed)")
                    taken[day] = sum
                } catch {
                    #expect(sum > limit, "seed \(seed)")
                    #expect(error.reason == "EVENTS_PER_DAY_EXCEEDED")
                    // Who sends more at once than a day may have need not wait.
                    let left = (day + 1) * 86_400 - now.seconds
                    #expect(
                        error.retryAfter == (added > limit ? nil : .seconds(left)), "seed \(seed)")
                }
                #expect(count.count == taken[count.day, default: 0], "seed \(seed)")
            }
        }
    }

    /// Events that are known already are no new ones, whatever the plan has become.
    @Test func nothingIsAlwaysTaken() throws {
        let full = EventCount(day: 20_000, count: 100)
        let now = Instant(seconds: 20_000 * 86_400)
        #expect(try full.adding(0, at: now, limit: 10) == full)
        #expect(throws: ServiceError(.resourceExhausted, "EVENTS_PER_DAY_EXCEEDED", "")) {
            try full.adding(1, at: now, limit: 10)
        }
    }

    /// A clock that was wrong by days shuts an organization out no longer than it is wrong.
    @Test func aClockThatWasFarAheadIsForgotten() throws {
        let now = Instant(seconds: 20_000 * 86_400)
        var count = EventCount(day: 20_000, count: 7)
        count = try count.adding(10, at: now.advanced(bySeconds: 900 * 86_400), limit: 10)
        #expect(count == EventCount(day: 20_900, count: 10))
        count = try count.adding(3, at: now, limit: 10)
        #expect(count == EventCount(day: 20_000, count: 3))
        // One that is ahead by minutes, around midnight, is not.
        let midnight = EventCount(day: 20_001, count: 10)
        #expect(throws: ServiceError(.resourceExhausted, "EVENTS_PER_DAY_EXCEEDED", "")) {
            try midnight.adding(1, at: now.advanced(bySeconds: 86_399), limit: 10)
        }
    }

    @Test func eventsBeyondTheDayAreRefusedWholeAndRepeatedOnesAreFree() async throws {
        try await LedgerFixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let other = try await fixture.makeOrganization()
            try await fixture.run(
                "UPDATE organizations SET events_per_day_max = 10 WHERE id = '\(organization)'")
            let events = { (range: Range<Int>) in range.map { LedgerFixture.event("event-\($0)") } }
            try await fixture.record(events(0..<8), organization)
            let exceeded = ServiceError(.resourceExhausted, "EVENTS_PER_DAY_EXCEEDED", "")
            await #expect(throws: exceeded) {
                try await fixture.record(events(8..<11), organization)
            }
            #expect(
                try await fixture.rows(
                    "SELECT count(*) FROM ledger_entries WHERE org_id = '\(organization)'") == ["8"]
            )
            // What was counted once is not counted again: a repeated call goes through.
            let repeated = try await fixture.record(events(0..<10), organization)
            #expect(repeated.count { $0 == .duplicate } == 8)
            await #expect(throws: exceeded) {
                try await fixture.record(events(10..<11), organization)
            }
            // Another organization, and another day, have all of their own.
            try await fixture.record(events(0..<20), other)
            let tomorrow = LedgerFixture.now.advanced(bySeconds: 86_400)
            try await fixture.record(events(10..<20), organization, now: tomorrow)
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// Whatever writers come at the same time: what a token has brought never exceeds its quota, what it is
    /// refused would have, and neither the organization nor another token is the worse for it.
    @Test func tokensBringNoMoreThanTheirQuota() async throws {
        try await LedgerFixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            for token in ["one", "two"] {
                try await fixture.run(
                    """
                    INSERT INTO tokens (org_id, id, display_name, roles, created_at)
                    VALUES ('\(organization)', '\(token)', 'Token', 2, now())
                    """)
            }
            let events = { @Sendable (range: Range<Int>) in
                range.map { LedgerFixture.event("event-\($0)") }
            }
            let quota = { @Sendable (token: String) in
                TokenEventQuota(tokenID: token, eventsPerDayMax: 10)
            }
            let outcomes = try await withThrowingTaskGroup(of: Bool.self) { tasks in
                for call in 0..<8 {
                    tasks.addTask {
                        do {
                            try await fixture.record(
                                events(call * 3..<call * 3 + 3), organization, quota: quota("one"))
                            return true
                        } catch let error as ServiceError {
                            #expect(error.reason == "TOKEN_EVENTS_PER_DAY_EXCEEDED")
                            return false
                        }
                    }
                }
                return try await tasks.reduce(into: [Bool]()) { $0.append($1) }
            }
            #expect(outcomes.count { $0 } == 3)
            let counts = """
                SELECT token_id || ' ' || event_count FROM token_event_counts
                WHERE org_id = '\(organization)' ORDER BY 1
                """
            #expect(try await fixture.rows(counts) == ["one 9"])
            try await fixture.record(events(100..<110), organization, quota: quota("two"))
            try await fixture.record(events(200..<220), organization)
            // What was counted once is not counted again.
            try await fixture.record(events(100..<110), organization, quota: quota("two"))
            #expect(try await fixture.rows(counts) == ["one 9", "two 10"])
            let tomorrow = LedgerFixture.now.advanced(bySeconds: 86_400)
            try await fixture.record(
                events(300..<310), organization, now: tomorrow, quota: quota("one"))
            #expect(try await fixture.rows(counts) == ["one 10", "two 10"])
            // What was made in its place goes on with its count.
            try await fixture.run(
                """
                INSERT INTO tokens (org_id, id, display_name, roles, created_at, counted_as)
                VALUES ('\(organization)', 'three', 'Token', 2, now(), 'two')
                """)
            await #expect(throws: ServiceError.self) {
                try await fixture.record(events(400..<401), organization, quota: quota("three"))
            }
            try await fixture.record(
                events(400..<404), organization, now: tomorrow, quota: quota("three"))
            #expect(try await fixture.rows(counts) == ["one 10", "two 4"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    /// Whatever calls of whatever tokens share commits: each is recorded or refused as if they had come one
    /// after another, and what is known already counts for nobody.
    @Test func callsThatShareACommitAreRefusedByThemselves() async throws {
        for seed in UInt64(1)...200 {
            var random = SeededRandom(seed: seed)
            let now = LedgerFixture.now
            let limits = ["a": Int64.random(in: 1...12, using: &random), "b": 9, "c": 9]
            // `c` was made in the place of `b`.
            let countedAs = ["a": "a", "b": "b", "c": "b"]
            let organizationMax = Int64.random(in: 5...40, using: &random)
            let quotas = EventQuotas(
                now: now, organization: EventCount(day: 0, count: 0),
                organizationMax: organizationMax,
                tokens: countedAs.map { token, counted in
                    SelectTokenEventCounts.Row(
                        tokenID: token, countedAs: counted, events: EventCount(day: 0, count: 0))
                })
            let shares = try (0..<6).map { _ in
                let token = ["a", "b", "c", ""].randomElement(using: &random) ?? ""
                let numbers = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                    Int.random(in: 0..<30, using: &random)
                }
                return EventShare(
                    events: try numbers.map { try priced("event-\($0)") },
                    quota: limits[token].map {
                        TokenEventQuota(tokenID: token, eventsPerDayMax: $0)
                    }
                )
            }
            let before = Set(try (0..<8).map { try priced("event-\($0)").key.identity })
            let refusals = quotas.refusals(of: shares, known: before)
            var recorded = before
            var taken: [String: Int64] = [:]
            for (place, share) in shares.enumerated() {
                let new = Set(share.events.map(\.key.identity)).subtracting(recorded)
                let token = share.quota.flatMap { countedAs[$0.tokenID] }
                let sum = taken["", default: 0] + Int64(new.count)
                let ofToken = token.map { taken[$0, default: 0] + Int64(new.count) } ?? 0
                let isOver =
                    sum > organizationMax || ofToken > share.quota?.eventsPerDayMax ?? .max
                #expect((refusals[place] != nil) == (isOver && !new.isEmpty), "seed \(seed)")
                guard refusals[place] == nil else { continue }
                recorded.formUnion(new)
                taken[""] = sum
                if let token { taken[token] = ofToken }
            }
            #expect(quotas.haveRoom(for: shares) == false || refusals.isEmpty, "seed \(seed)")
        }
    }

    /// As many as suffice are refused in the words in which all would be, whether some of the others are no
    /// events; where fewer suffice, they are.
    @Test func whatSufficesIsRefusedAsAllWouldBe() throws {
        for seed in UInt64(1)...300 {
            var random = SeededRandom(seed: seed)
            let day = LedgerFixture.now.seconds / 86_400
            let quota = TokenEventQuota(
                tokenID: "a", eventsPerDayMax: Int64.random(in: 1...12, using: &random))
            let count = { (random: inout SeededRandom) in
                EventCount(
                    day: day - (Bool.random(using: &random) ? 1 : 0),
                    count: Int64.random(in: 0...14, using: &random))
            }
            let quotas = EventQuotas(
                now: LedgerFixture.now, organization: count(&random),
                organizationMax: Int64.random(in: 1...12, using: &random),
                tokens: [
                    SelectTokenEventCounts.Row(
                        tokenID: "a", countedAs: "b", events: count(&random))
                ])
            for quota in [quota, nil] {
                let words = (0...20).map { added -> String? in
                    var counted = quotas
                    do throws(ServiceError) {
                        try counted.add(added, by: quota)
                        return nil
                    } catch {
                        return "\(error.reason) \(error.message)"
                    }
                }
                for added in words.indices {
                    let sufficient = quotas.sufficientCount(of: added, by: quota)
                    #expect((sufficient == nil) == (words[added] == nil), "seed \(seed)")
                    guard let sufficient else { continue }
                    #expect(Set(words[sufficient...added]).count == 1, "seed \(seed)")
                    // One less is answered otherwise: no more are looked at than must be.
                    #expect(
                        sufficient == 1 || words[sufficient - 1] != words[added], "seed \(seed)")
                }
            }
        }
    }

    /// In the database as well: neighbours of a refused call commit, the refused leave nothing, and the counts
    /// are those of what was recorded.
    @Test func neighboursOfARefusedCallAreRecorded() async throws {
        try await LedgerFixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            for token in ["one", "two"] {
                try await fixture.run(
                    """
                    INSERT INTO tokens (org_id, id, display_name, roles, created_at)
                    VALUES ('\(organization)', '\(token)', 'Token', 2, now())
                    """)
            }
            let share = { (range: Range<Int>, token: String?) in
                EventShare(
                    events: try range.map { try self.priced("event-\($0)") },
                    quota: token.map { TokenEventQuota(tokenID: $0, eventsPerDayMax: 10) })
            }
            let outcomes = try await fixture.record(
                shares: [
                    share(0..<6, "one"), share(6..<12, "one"), share(12..<20, nil),
                    share(0..<10, "two"), share(20..<24, "one"), share(24..<25, "gone"),
                ], organization)
            let counts = outcomes.map { (try? $0.get())?.count }
            #expect(counts == [6, nil, 8, 10, 4, nil])
            // What the first has recorded is no event of its neighbour's.
            #expect(try outcomes[3].get().count { $0 == .duplicate } == 6)
            let stored = """
                SELECT token_id || ' ' || event_count FROM token_event_counts
                WHERE org_id = '\(organization)' ORDER BY 1
                """
            #expect(try await fixture.rows(stored) == ["one 10", "two 4"])
            let events = "SELECT sum(event_day_count) FROM ledger_clocks"
            #expect(try await fixture.rows(events) == ["22"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    private func priced(_ id: String) throws -> PricedEvent {
        try PricedEvent(
            LedgerFixture.event(id), calculator: CostCalculator(catalogue: .empty),
            keys: AwayKeys())
    }
}
