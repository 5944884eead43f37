import API
import Core
import Domain
import Logging
import Postgres
import RPC
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import IngestionService
@testable import Ledger

/// Tokens whose quota is used up, and organizations whose plan is, are refused without a place in the
/// organization's commits.
struct RefusedSendersTests {
    private static let day = Instant(seconds: 20_000 * 86_400)
    private static let exceeded = ServiceError(
        .resourceExhausted, "TOKEN_EVENTS_PER_DAY_EXCEEDED", "")

    @Test func theyAreRememberedForTheDayAndTheQuota() {
        let refused = RefusedSenders(organizationsMax: 2, quotasMax: 2)
        let (organization, neighbour) = (OrganizationID.make(), OrganizationID.make())
        let quota = TokenEventQuota(tokenID: "a", eventsPerDayMax: 10)
        refused.remember(.token(quota), of: organization, now: Self.day)
        #expect(
            refused.remembers(
                quota, of: organization, now: Self.day.advanced(bySeconds: 86_399)))
        #expect(
            !refused.remembers(
                quota, of: organization, now: Self.day.advanced(bySeconds: 86_400)))
        #expect(!refused.remembers(quota, of: neighbour, now: Self.day))
        let more = TokenEventQuota(tokenID: "a", eventsPerDayMax: 11)
        #expect(!refused.remembers(more, of: organization, now: Self.day))
        #expect(!refused.remembers(nil, of: organization, now: Self.day))
        // All that an organization sends, until it has room again.
        refused.remember(.organization, of: organization, now: Self.day)
        #expect(refused.remembers(more, of: organization, now: Self.day))
        #expect(refused.remembers(nil, of: organization, now: Self.day))
        #expect(!refused.remembers(nil, of: neighbour, now: Self.day))
        refused.forget(nil, of: organization)
        #expect(!refused.remembers(nil, of: organization, now: Self.day))
        #expect(refused.remembers(quota, of: organization, now: Self.day))
        // As many as there is room for, of each organization and of organizations.
        for limit in Int64(12)...13 {
            refused.remember(
                .token(TokenEventQuota(tokenID: "b", eventsPerDayMax: limit)), of: organization,
                now: Self.day)
        }
        let last = TokenEventQuota(tokenID: "b", eventsPerDayMax: 13)
        #expect(!refused.remembers(last, of: organization, now: Self.day))
        // Its plan has room of its own.
        refused.remember(.organization, of: organization, now: Self.day)
        #expect(refused.remembers(last, of: organization, now: Self.day))
        refused.forget(nil, of: organization)
        #expect(!refused.remembers(last, of: organization, now: Self.day))
        refused.remember(.organization, of: neighbour, now: Self.day)
        #expect(refused.remembers(nil, of: neighbour, now: Self.day))
        let third = OrganizationID.make()
        refused.remember(.organization, of: third, now: Self.day)
        #expect(!refused.remembers(nil, of: third, now: Self.day))
        refused.forget(quota, of: organization)
        #expect(!refused.remembers(quota, of: organization, now: Self.day))
        // Who was refused before midnight says nothing of the day that has begun.
        let tomorrow = Self.day.advanced(bySeconds: 86_400)
        refused.remember(.token(quota), of: organization, now: tomorrow)
        refused.remember(.organization, of: neighbour, now: Self.day)
        #expect(refused.remembers(quota, of: organization, now: tomorrow))
        #expect(!refused.remembers(nil, of: neighbour, now: tomorrow))
    }

    /// While another call of the organization is being written, the refusal does not wait behind it; whatever
    /// the ledger would take is taken.
    @Test(.timeLimit(.minutes(3)), arguments: [false, true])
    func whoWasRefusedIsRefusedByALook(isOfPlan: Bool) async throws {
        try await ServiceFixture.with { fixture in
            let organization = try await fixture.makeCall().organizationID
            try await Self.makeToken(organization, fixture)
            if isOfPlan { try await Self.setPlan(10, of: organization, fixture) }
            let exceeded =
                isOfPlan
                ? ServiceError(.resourceExhausted, "EVENTS_PER_DAY_EXCEEDED", "") : Self.exceeded
            let call = Self.call(of: organization, quota: isOfPlan ? nil : 10, fixture)
            let ingest = { @Sendable (ids: [String]) in
                try await fixture.ingest.answer(
                    IngestEventsRequest(
                        events: ids.map { id in
                            LedgerEventWireTests.event {
                                // Without its name it is refused by itself.
                                $0.id = id
                                if id.hasPrefix("bad") { $0.model = "" }
                            }
                        }), call
                ).results.map(\.outcome)
            }
            #expect(try await ingest(["1", "2", "3", "4", "5", "6", "7"]).count == 7)
            await #expect(throws: exceeded) { try await ingest(["8", "9", "10", "11"]) }

            let (gate, open) = AsyncStream<Void>.makeStream()
            let isHeld = Flag()
            let held = Task {
                try await fixture.batches.record([], of: organization) { shares in
                    isHeld.value.store(true, ordering: .relaxed)
                    for await _ in gate {}
                    return shares.map { _ in .success([]) }
                }
            }
            // What came before may not have left the queue.
            try await until { isHeld.value.load(ordering: .relaxed) }
            let isRefused = Flag()
            async let refusal: Void = {
                await #expect(throws: exceeded) {
                    try await ingest(["bad", "1", "8", "8", "9", "10", "11"])
                }
                isRefused.value.store(true, ordering: .relaxed)
            }()
            try await until {
                isRefused.value.load(ordering: .relaxed)
                    || fixture.batches.waitingCount(of: organization) > 0
            }
            #expect(fixture.batches.waitingCount(of: organization) == 0)
            open.finish()
            await refusal
            _ = try await held.value

            // What it has room for, what was recorded, what is no event, and what comes twice.
            #expect(try await ingest(["1", "2", "bad"]) == [.duplicate, .duplicate, .rejected])
            await #expect(throws: exceeded) { try await ingest(["8", "9", "10", "11"]) }
            let rest = try await ingest(["1", "8", "8", "bad 1", "bad 2", "9"])
            #expect(
                rest == [.duplicate, .accepted, .duplicate, .rejected, .rejected, .accepted])
            #expect(try await ingest(["10"]) == [.accepted])
            await #expect(throws: exceeded) { try await ingest(["11"]) }
            #expect(try await ingest(["10", "bad"]) == [.duplicate, .rejected])
            // Another quota, or plan, is another limit.
            if isOfPlan { try await Self.setPlan(11, of: organization, fixture) }
            let wider = Self.call(of: organization, quota: isOfPlan ? nil : 11, fixture)
            let answer = try await fixture.ingest.answer(
                IngestEventsRequest(events: [LedgerEventWireTests.event { $0.id = "11" }]), wider)
            #expect(answer.results.map(\.outcome) == [.accepted])
            // With room for it, nothing is looked at any more.
            #expect(
                fixture.refusedSenders.remembers(
                    isOfPlan ? nil : TokenEventQuota(tokenID: "limited", eventsPerDayMax: 10),
                    of: organization, now: ServiceFixture.now) == !isOfPlan)
        }
    }

    /// Events that are none, in front of or among the others, do not make a refusal cost what recording costs.
    @Test(.timeLimit(.minutes(3)), arguments: [false, true])
    func aRefusalChecksAboutAsManyEventsAsItTakes(isOfPlan: Bool) async throws {
        try await ServiceFixture.with { fixture in
            let organization = try await fixture.makeCall().organizationID
            try await Self.makeToken(organization, fixture)
            if isOfPlan { try await Self.setPlan(10, of: organization, fixture) }
            let exceeded =
                isOfPlan
                ? ServiceError(.resourceExhausted, "EVENTS_PER_DAY_EXCEEDED", "") : Self.exceeded
            let call = Self.call(of: organization, quota: isOfPlan ? nil : 10, fixture)
            // Dimensions of its own show afterwards whether an event was checked.
            let event = { @Sendable (name: String, isValid: Bool) in
                LedgerEventWireTests.event {
                    $0.id = name
                    $0.customer = name
                    if !isValid { $0.model = "" }
                }
            }
            let ingest = { @Sendable (events: [API.Event]) in
                try await fixture.ingest.answer(IngestEventsRequest(events: events), call).results
                    .map(\.outcome)
            }
            await #expect(throws: exceeded) {
                try await ingest((0...10).map { event("first \($0)", true) })
            }
            // Eleven valid ones suffice.
            for (name, isValid) in [
                ("none", { _ in true }), ("one in front", { $0 > 0 }),
                ("every second", { $0 % 2 == 1 }), ("all but the last", { $0 > 4_988 }),
            ] as [(String, (Int) -> Bool)] {
                let before = fixture.dimensions.count
                let events = (0..<5_000).map { event("\(name) \($0)", isValid($0)) }
                await #expect(throws: exceeded) { try await ingest(events) }
                let checked = fixture.dimensions.count - before
                #expect((11...22).contains(checked), "\(name): \(checked)")
            }
            // Ten have room, wherever they stand.
            let outcomes = try await ingest((0..<500).map { event("last \($0)", $0 > 489) })
            #expect(outcomes.count { $0 == .accepted } == 10)
        }
    }

    /// However many calls of a token that is used up come at once, they leave a connection to whoever records.
    @Test(.timeLimit(.minutes(3))) func looksLeaveTheWriterAConnection() async throws {
        try await ServiceFixture.with { fixture in
            let organization = try await fixture.makeCall().organizationID
            try await Self.makeToken(organization, fixture)
            var configuration = fixture.database.configuration()
            configuration.connectionsPerOrganizationMax = 2
            let pool = PostgresPool(configuration: configuration, logger: Logger(label: "test"))
            let limited = Self.call(of: organization, quota: 1, fixture, pool)
            let healthy = Self.call(of: organization, quota: nil, fixture, pool)
            let ingest = { @Sendable (ids: [String], call: Call) in
                try await fixture.ingest.answer(
                    IngestEventsRequest(
                        events: ids.map { id in LedgerEventWireTests.event { $0.id = id } }), call
                ).results.map(\.outcome)
            }
            await #expect(throws: Self.exceeded) { try await ingest(["1", "2"], limited) }

            let holder = try await fixture.database.session()
            try await holder.execute(
                "BEGIN; LOCK TABLE token_event_counts IN ACCESS EXCLUSIVE MODE")
            let looks = (0..<10).map { number in
                Task { try await ingest(["\(number) a", "\(number) b"], limited) }
            }
            // As many as would take both connections.
            try await until {
                let blocked = try await holder.texts(
                    """
                    SELECT count(*)::text FROM pg_locks
                    WHERE NOT granted AND relation = 'token_event_counts'::regclass
                        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                    """)
                let waiting = fixture.lookTurns.waitingCount(of: organization)
                return waiting + (Int(blocked[0][0] ?? "") ?? 0) >= 2
            }
            #expect(try await ingest(["healthy"], healthy) == [.accepted])

            // Those that wait can be given up, and the turn comes back.
            for look in looks { look.cancel() }
            for look in looks {
                await #expect(throws: (any Error).self) { try await look.value }
            }
            #expect(fixture.lookTurns.waitingCount(of: organization) == 0)
            try await holder.execute("ROLLBACK")
            await #expect(throws: Self.exceeded) { try await ingest(["3", "4"], limited) }
            await holder.close()
            await pool.shutdown()
        }
    }

    /// However many calls of a token wait, another token's turn comes after one of them.
    @Test(.timeLimit(.minutes(3))) func tokensTakeTurns() async throws {
        let turns = QuotaLookTurns()
        let organization = OrganizationID.make()
        let (gate, open) = AsyncStream<Void>.makeStream()
        let order = Mutex<[String]>([])
        let take = { @Sendable (token: String) in
            try await turns.taking(for: organization, tokenID: token) {
                for await _ in gate {}
                order.withLock { $0.append(token) }
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            for (count, token) in ["a", "a", "a", "a", "b", "b", "c"].enumerated() {
                tasks.addTask { try await take(token) }
                // The first has the turn, or is about to.
                try await until { count == 0 || turns.waitingCount(of: organization) == count }
            }
            open.finish()
            try await tasks.waitForAll()
        }
        #expect(order.withLock { $0 } == ["a", "a", "b", "c", "a", "b", "a"])
        #expect(turns.waitingCount(of: organization) == 0)
        try await take("a")
    }

    /// A call that no day has room for uses nothing up: small ones that come at once are all recorded, and only the
    /// first of them is looked at.
    @Test(.timeLimit(.minutes(3)), arguments: [false, true])
    func whoHasRoomIsNotLookedAt(isOfPlan: Bool) async throws {
        try await ServiceFixture.with { fixture in
            let organization = try await fixture.makeCall().organizationID
            try await Self.makeToken(organization, fixture)
            if isOfPlan { try await Self.setPlan(200, of: organization, fixture) }
            let quota: Int64? = isOfPlan ? nil : 200
            let looks = Counter()
            var configuration = fixture.database.configuration()
            configuration.statementObserver = { sql, _, _ in
                if sql == SelectLedgerEventCount.sql {
                    looks.value.add(1, ordering: .relaxed)
                }
            }
            let pool = PostgresPool(configuration: configuration, logger: Logger(label: "test"))
            let call = Self.call(of: organization, quota: quota, fixture, pool)
            let ingest = { @Sendable (ids: Range<Int>) in
                try await fixture.ingest.answer(
                    IngestEventsRequest(
                        events: ids.map { id in LedgerEventWireTests.event { $0.id = "\(id)" } }),
                    call
                ).results.map(\.outcome)
            }
            await #expect(throws: ServiceError.self) { try await ingest(0..<201) }
            let isRemembered = {
                fixture.refusedSenders.remembers(
                    quota.map { TokenEventQuota(tokenID: "limited", eventsPerDayMax: $0) },
                    of: organization, now: ServiceFixture.now)
            }
            #expect(isRemembered())
            let (gate, open) = AsyncStream<Void>.makeStream()
            let isHeld = Flag()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    try await fixture.lookTurns.taking(for: organization, tokenID: "other") {
                        isHeld.value.store(true, ordering: .relaxed)
                        for await _ in gate {}
                    }
                }
                try await until { isHeld.value.load(ordering: .relaxed) }
                for id in 0..<120 {
                    tasks.addTask {
                        let outcomes = try await ingest(id..<(id + 1))
                        #expect(outcomes == [.accepted])
                    }
                }
                try await until { fixture.lookTurns.waitingCount(of: organization) == 120 }
                open.finish()
                try await tasks.waitForAll()
            }
            #expect(!isRemembered())
            #expect(looks.value.load(ordering: .relaxed) == 1)
            await pool.shutdown()
        }
    }

    /// Where the day ends while a call waits for its turn, it has the next day's room.
    @Test(.timeLimit(.minutes(3))) func theDayIsTheOneOfTheTurn() async throws {
        try await ServiceFixture.with { fixture in
            let organization = try await fixture.makeCall().organizationID
            try await Self.makeToken(organization, fixture)
            let today = Mutex(ServiceFixture.now)
            let call = Self.call(
                of: organization, quota: 1, fixture, clock: WallClock { today.withLock { $0 } })
            let ingest = { @Sendable (id: String) in
                try await fixture.ingest.answer(
                    IngestEventsRequest(events: [LedgerEventWireTests.event { $0.id = id }]), call
                ).results.map(\.outcome)
            }
            #expect(try await ingest("1") == [.accepted])
            await #expect(throws: Self.exceeded) { try await ingest("2") }
            let (gate, open) = AsyncStream<Void>.makeStream()
            let isHeld = Flag()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    try await fixture.lookTurns.taking(for: organization, tokenID: "other") {
                        isHeld.value.store(true, ordering: .relaxed)
                        for await _ in gate {}
                    }
                }
                try await until { isHeld.value.load(ordering: .relaxed) }
                tasks.addTask {
                    let outcomes = try await ingest("2")
                    #expect(outcomes == [.accepted])
                }
                try await until { fixture.lookTurns.waitingCount(of: organization) == 1 }
                today.withLock { $0 = $0.advanced(bySeconds: 86_400) }
                open.finish()
                try await tasks.waitForAll()
            }
        }
    }

    private final class Flag: Sendable {
        let value = Atomic(false)
    }

    private final class Counter: Sendable {
        let value = Atomic(0)
    }

    private static func makeToken(
        _ organization: OrganizationID, _ fixture: ServiceFixture
    ) async throws {
        let session = try await fixture.database.session()
        try await session.execute(
            """
            INSERT INTO tokens (org_id, id, display_name, roles, created_at)
            VALUES ('\(organization)', 'limited', 'Token', 2, now())
            """)
        await session.close()
    }

    private static func setPlan(
        _ eventsPerDayMax: Int, of organization: OrganizationID, _ fixture: ServiceFixture
    ) async throws {
        let session = try await fixture.database.session()
        try await session.execute(
            """
            UPDATE organizations SET events_per_day_max = \(eventsPerDayMax)
            WHERE id = '\(organization)'
            """)
        await session.close()
    }

    private static func call(
        of organization: OrganizationID, quota: Int64?, _ fixture: ServiceFixture,
        _ pool: PostgresPool? = nil, clock: WallClock = .fixed(ServiceFixture.now)
    ) -> Call {
        Call(
            caller: Caller(
                tokenID: "limited", roles: .ingest, organizationID: organization,
                eventsPerDayMax: quota),
            context: RPCContext(method: "test", logger: Logger(label: "test")),
            environment: CallEnvironment(
                pool: pool ?? fixture.pool, clock: clock, keys: fixture.keys))
    }
}
