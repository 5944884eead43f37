import API
import Core
import Domain
import Jobs
import Logging
import Postgres
import RPC
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService
@testable import Ledger
@testable import Worker

/// Events get the prices that come after them, once, exactly, and by themselves.
@Suite struct FillInPricesTests {
    private typealias Bench = LatePriceBench

    private static let later: KeyValuePairs<String, (String, String)> = [
        "gpt-6-sol": ("2", "10"), "late-a": ("1.2345678", "7.0000001"), "late-b": ("0", "3"),
    ]

    /// Random events of two months, in batches, as two organizations have them; some corrected, some
    /// reversed, some whose usage is not known yet.
    private struct Seeded: Sendable {
        var events: [LedgerEvent] = []
        var reversed: Set<String> = []

        init(_ id: OrganizationID, in bench: Bench, using random: inout SeededRandom) async throws {
            let calculator = try await bench.calculator(of: id)
            for number in 0..<48 {
                let model = ["gpt-6-sol", "late-a", "late-b", "never"][number % 4]
                events.append(
                    Bench.event(
                        "e\(number)", model: model,
                        secondsAgo: .random(in: 0..<70 * 86_400, using: &random),
                        input: .random(in: 0...900_000, using: &random),
                        output: model == "never" ? 1 : .random(in: 0...9_000, using: &random),
                        state: number % 12 == 5 ? .pending : .reported))
            }
            for start in stride(from: 0, to: events.count, by: 5) {
                try await bench.record(
                    Array(events[start..<min(start + 5, events.count)]), id, by: calculator)
            }
            var changes: [EventChange] = []
            for (place, index) in events.indices.shuffled(using: &random).prefix(12).enumerated() {
                let kind: EventChange.Kind
                switch place % 3 {
                case 0:
                    reversed.insert(events[index].id)
                    kind = .reversal
                case 1:
                    events[index].quantities = UsageQuantities([Domain.Quantity(.input, 77_777)])
                    events[index].state = .reported
                    kind = .correction(events[index].quantities, .reported)
                default:
                    events[index].quantities = UsageQuantities([])
                    events[index].state = .pending
                    kind = .correction(events[index].quantities, .pending)
                }
                changes.append(
                    EventChange(source: "gateway", id: events[index].id, kind: kind, reason: "r"))
            }
            try await bench.change(changes, id, by: calculator)
        }

        /// What they come to by prices: picos or `unpriced`.
        func amounts(by calculator: CostCalculator) throws -> [String: String] {
            var amounts: [String: String] = [:]
            for event in events {
                let picos = try PricedEvent(event, calculator: calculator, keys: AwayKeys()).cost
                    .picos
                amounts[event.id] =
                    reversed.contains(event.id) ? "0" : picos.map { "\($0)" } ?? "unpriced"
            }
            return amounts
        }
    }

    /// Whatever was recorded, and however small the parts are: each event comes to what it costs now, its
    /// corrections say why, sums agree, and looking again writes nothing. What has no price yet, or whose
    /// usage is not known, stays unpriced.
    @Test(arguments: [1, 2, 3], [1, 1_000])
    func pricesThatComeAreFilledIn(seed: UInt64, eventLimit: Int) async throws {
        try await Bench.with { bench in
            var random = SeededRandom(seed: seed)
            let ours = try await Seeded(bench.first, in: bench, using: &random)
            let theirs = try await Seeded(bench.other, in: bench, using: &random)
            let before = try await bench.amounts(bench.first)
            let now = try await bench.calculator(of: bench.first)
            #expect(try ours.amounts(by: now) == before)
            #expect(try await bench.look() == [bench.first.text, bench.other.text])
            try await bench.fillIn(bench.first, eventLimit: eventLimit)
            #expect(try await bench.corrections(bench.first) == [], "nothing new to say")

            try await bench.price(Self.later, day: 21)
            let blocks = try await bench.worker.texts(
                "SELECT md5(b::text) FROM usage_event_blocks AS b ORDER BY 1")
            let outcome = try await bench.fillIn(
                bench.first, eventLimit: eventLimit, partsMax: eventLimit == 1 ? 2 : 200)
            guard case .dueAgain(let wait) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(wait > .zero && wait <= PriceLook.pause)
            let calculator = try await bench.calculator(of: bench.first)
            let after = try await bench.amounts(bench.first)
            #expect(try ours.amounts(by: calculator) == after)
            let priced = after.filter { before[$0.key] == "unpriced" && $0.value != "unpriced" }
            #expect(!priced.isEmpty && after.values.contains("unpriced"))
            let corrections = try await bench.corrections(bench.first)
            #expect(corrections.map { $0[0] } == priced.keys.sorted())
            for correction in corrections {
                #expect(
                    correction[2] == "Its price came later: price version \(correction[3] ?? "")")
            }
            #expect(try await bench.disagreements() == [])
            #expect(
                try await bench.worker.texts(
                    "SELECT md5(b::text) FROM usage_event_blocks AS b ORDER BY 1") == blocks)
            #expect(
                try await bench.amounts(bench.other) == theirs.amounts(by: now),
                "another organization's job does its own")
            #expect(
                bench.logLines.contains {
                    $0.contains("late prices filled in") && $0.contains("\(bench.first)")
                })

            let entries = try await bench.entries(bench.first)
            try await bench.letTimePass()
            #expect(try await bench.fillIn(bench.first, eventLimit: eventLimit) == .completed)
            #expect(try await bench.entries(bench.first) == entries, "nothing is filled in twice")
            try await bench.fillIn(bench.other)
            #expect(try await bench.amounts(bench.other) == theirs.amounts(by: calculator))
            #expect(try await bench.disagreements() == [])
        }
    }

    /// Events under a name that nobody knew cost what its model does, at each one's time, once an alias of that
    /// name comes.
    @Test func aliasesThatComeAreFilledIn() async throws {
        try await Bench.with { bench in
            let calculator = try await bench.calculator(of: bench.first)
            let names = ["sol-latest", "openai/sol-latest", "sol-latest-20261101", "sol"]
            let events = names.map { Bench.event($0, model: $0, secondsAgo: 3_600) }
            let now = Bench.event("now", model: "sol-latest")
            try await bench.record(events + [now], bench.first, by: calculator)
            try await bench.fillIn(bench.first)
            #expect(Set(try await bench.amounts(bench.first).values) == ["unpriced"])
            // The model's price changes by the same file: past calls cost what it cost then.
            try await bench.price(
                ["gpt-6-sol": ("4", "20")], aliases: ["sol-latest": "gpt-6-sol"], day: 21)
            try await bench.fillIn(bench.first)
            var expected = Dictionary(uniqueKeysWithValues: names.map { ($0, "3000000000") })
            expected["now"] = "6000000000"
            expected["sol"] = "unpriced"
            #expect(try await bench.amounts(bench.first) == expected)
            #expect(try await bench.disagreements() == [])
        }
    }

    /// What a worker has done before it fails or is killed stays, and whoever comes next does the rest.
    @Test func aWorkerThatFailsLosesAndDoublesNothing() async throws {
        try await Bench.with { bench in
            var random = SeededRandom(seed: 5)
            let seeded = try await Seeded(bench.first, in: bench, using: &random)
            try await bench.price(Self.later, day: 21)
            let calculator = try await bench.calculator(of: bench.first)
            let expected = try seeded.amounts(by: calculator)
            let late = try await bench.amounts(bench.first).filter {
                $0.value == "unpriced" && expected[$0.key] != "unpriced"
            }.keys.sorted()
            try #require(late.count > 6)
            // One event a fault: each is met in the middle of a part of its own.
            var done: [[String?]] = []
            for id in late.shuffled(using: &random).prefix(6) {
                try await bench.worker.execute(
                    """
                    CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN RAISE EXCEPTION ''a fault''; END';
                    DROP TRIGGER IF EXISTS fault ON usage_entries;
                    CREATE TRIGGER fault BEFORE INSERT ON usage_entries FOR EACH ROW
                    WHEN (NEW.event_id = '\(id)') EXECUTE FUNCTION refuse();
                    """)
                let isDone = try await bench.amounts(bench.first)[id] != "unpriced"
                if isDone {
                    try await bench.fillIn(bench.first, eventLimit: 1)
                } else {
                    await #expect(throws: PostgresError.self) {
                        try await bench.fillIn(bench.first, eventLimit: 1)
                    }
                }
                let corrections = try await bench.corrections(bench.first)
                #expect(Set(corrections).isSuperset(of: done), "what is done stays")
                #expect(try await bench.disagreements() == [])
                done = corrections
            }
            try await bench.worker.execute("DROP TRIGGER fault ON usage_entries")
            try await bench.fillIn(bench.first, eventLimit: 1)
            #expect(try await bench.amounts(bench.first) == expected)
            #expect(try await bench.corrections(bench.first).map { $0[0] } == late)
            #expect(try await bench.disagreements() == [])
        }
    }

    /// A worker goes on behind what was done, and one that has lost the job writes nothing.
    @Test func twoWorkersFillInOnce() async throws {
        try await Bench.with { bench in
            var random = SeededRandom(seed: 6)
            let seeded = try await Seeded(bench.first, in: bench, using: &random)
            try await bench.price(Self.later, day: 21)
            let calculator = try await bench.calculator(of: bench.first)
            let lost = try await bench.claimed(bench.first)
            let job = try await bench.claimed(bench.first)
            let error = await #expect(throws: ServiceError.self) {
                try await bench.filler().run(lost, JobControl())
            }
            #expect(error?.reason == "JOB_LEASE_LOST")
            #expect(try await bench.corrections(bench.first) == [])
            // Even two that both take the job for theirs.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        _ = try await bench.filler(eventLimit: 1).run(job, JobControl())
                    }
                }
                try await group.waitForAll()
            }
            #expect(
                try await bench.amounts(bench.first) == seeded.amounts(by: calculator))
            let corrections = try await bench.corrections(bench.first)
            #expect(Set(corrections.map { $0[0] }).count == corrections.count)
            #expect(try await bench.disagreements() == [])
            // A run ends after so many parts, and the next one begins where it ended.
            try await bench.price(
                ["gpt-6-sol": ("2", "10"), "late-a": ("1", "7"), "never": ("1", "1")], day: 22)
            #expect(
                try await bench.filler(eventLimit: 1, partsMax: 1).run(
                    bench.claimed(bench.first), JobControl()) == .interrupted)
            let position = try await bench.worker.texts(
                "SELECT after_block >= 0, next_time IS NOT NULL, looks FROM price_looks")
            #expect(position == [["t", "t", "0"]])
        }
    }

    /// Months are gone through by the events' times, blocks of events in the order of recording: what a run
    /// has done of one month says nothing of the next.
    @Test func aLookGoesOnWithTheNextMonth() async throws {
        try await Bench.with { bench in
            let old = try await bench.calculator(of: bench.first)
            for (id, days) in [("new", 0), ("newer", 1), ("old", 50), ("older", 51)] as [(_, Int64)]
            {
                try await bench.record(
                    [Bench.event(id, model: "late-a", secondsAgo: days * 86_400)], bench.first,
                    by: old)
            }
            try await bench.price(Self.later, day: 21)
            try await bench.fillIn(bench.first, eventLimit: 1, partsMax: 1)
            #expect(try await !bench.amounts(bench.first).values.contains("unpriced"))
            #expect(try await bench.corrections(bench.first).count == 4)
        }
    }

    /// A contract of one organization gives its events a price, by itself, and nobody else's.
    @Test func anOverrideIsFilledInForItsOrganizationAlone() async throws {
        try await Bench.with { bench in
            for id in [bench.first, bench.other] {
                try await bench.record(
                    [Bench.event("late", model: "late-a"), Bench.event("no", model: "never")], id,
                    by: bench.calculator(of: id))
                _ = try await bench.look()
                for _ in 0..<2 {
                    try await bench.fillIn(id)
                    try await bench.letTimePass()
                }
                #expect(try await bench.fillIn(id) == .completed)
            }
            try await bench.worker.execute(
                "DELETE FROM jobs WHERE kind = 'fill_in_organization_prices'")
            #expect(try await bench.look() == [], "the catalogue has nothing new")
            // As its worker would leave it.
            try await bench.worker.execute(
                "UPDATE jobs SET due_at = now(), lease_token = NULL, lease_owner = NULL, attempt = 0"
            )
            let theirs = try await bench.entries(bench.other)

            let methods = PriceOverrideMethods(catalogues: PriceCatalogueStore())
            let override = API.PriceOverride(
                provider: "openai", modelPattern: "late*",
                terms: .fixed(
                    FixedPrices(prices: [
                        FixedPrice(quantityClass: "input", rate: "3"),
                        FixedPrice(quantityClass: "output", rate: "5"),
                    ])), effectiveTime: Timestamp(Instant(seconds: 0)))
            _ = try await methods.create(
                CreatePriceOverrideRequest(priceOverride: override), bench.call(of: bench.first))
            #expect(try await bench.jobs() == [bench.first.text])
            #expect(try await bench.worker.readOnce())
            // 1,000 × 3 + 100 × 5 of a millionth.
            #expect(
                try await bench.amounts(bench.first) == ["late": "3500000000", "no": "unpriced"])
            #expect(
                try await bench.corrections(bench.first)
                    == [["late", "1", "Its price came later: override 1", "-1"]])
            #expect(try await bench.entries(bench.other) == theirs)
            #expect(try await bench.disagreements() == [])
            let entries = try await bench.entries(bench.first)
            _ = try await methods.end(
                EndPriceOverrideRequest(number: 1), bench.call(of: bench.first))
            let due = try await bench.worker.texts(
                "SELECT due_at <= now() FROM jobs WHERE kind = 'fill_in_organization_prices'")
            #expect(due == [["t"]], "another state of the contracts is looked at anew")
            #expect(try await bench.worker.readOnce())
            #expect(try await bench.entries(bench.first) == entries)
        }
    }

    /// What a server prices by older prices meanwhile is found by a second look; then it is looked at no
    /// more until there are other prices.
    @Test func itIsLookedAtTwiceAndNotAgain() async throws {
        try await Bench.with { bench in
            let old = try await bench.calculator(of: bench.first)
            try await bench.record([Bench.event("a", model: "late-a")], bench.first, by: old)
            try await bench.price(Self.later, day: 21)
            #expect(try await bench.look() == [bench.first.text, bench.other.text])
            try await bench.fillIn(bench.first)
            let price = try await bench.amounts(bench.first)["a"]
            #expect(price != "unpriced")
            try await bench.record([Bench.event("b", model: "late-a")], bench.first, by: old)
            try await bench.fillIn(bench.first)
            #expect(try await bench.amounts(bench.first)["b"] == "unpriced", "not yet")
            try await bench.letTimePass()
            #expect(try await bench.fillIn(bench.first) == .completed)
            #expect(try await bench.amounts(bench.first)["b"] == price)

            // Nothing is read of the organization's usage any more.
            try await bench.record([Bench.event("c", model: "late-a")], bench.first, by: old)
            try await bench.worker.execute("REVOKE SELECT ON usage_rollups_daily FROM tally_worker")
            #expect(try await bench.fillIn(bench.first) == .completed)
            try await bench.worker.execute(
                """
                GRANT SELECT ON usage_rollups_daily TO tally_worker;
                DELETE FROM jobs WHERE kind = 'fill_in_organization_prices'
                """)
            #expect(try await bench.look() == [bench.other.text])
            try await bench.price(
                ["gpt-6-sol": ("2", "10"), "late-a": ("1.2345678", "7.0000001"), "x": ("1", "1")],
                day: 22)
            #expect(try await bench.look() == [bench.first.text, bench.other.text])
            try await bench.fillIn(bench.first)
            #expect(try await bench.amounts(bench.first)["c"] == price)
        }
    }

    /// What is not kept, or would cost more than an entry holds, stays as it is and stops nothing; and
    /// organizations that are suspended or being deleted rest.
    @Test func theSameRulesHoldAsForRepricing() async throws {
        try await Bench.with { bench in
            let old = try await bench.calculator(of: bench.first)
            // What is kept is said by the database's own clock.
            let today = Bench.now.seconds - WallClock.system.now.seconds
            let events = [
                Bench.event("old", model: "late-a", secondsAgo: today + 15 * 31 * 86_400),
                Bench.event("huge", model: "late-a", secondsAgo: today, input: 1 << 50),
                Bench.event("new", model: "late-a", secondsAgo: today),
            ]
            for event in events { try await bench.record([event], bench.first, by: old) }
            try await bench.price(Self.later, day: 21)
            let set = { (column: String, value: String) in
                try await bench.worker.execute(
                    """
                    INSERT INTO organization_states (org_id, \(column))
                    VALUES ('\(bench.first)', \(value))
                    ON CONFLICT (org_id) DO UPDATE SET \(column) = excluded.\(column)
                    """)
            }
            for (column, value, free) in [
                ("is_suspended", "true", "false"), ("delete_after", "now()", "NULL"),
            ] {
                try await set(column, value)
                #expect(try await bench.look() == [bench.other.text])
                try await set(column, free)
            }
            #expect(try await bench.look() == [bench.first.text, bench.other.text])
            try await bench.worker.execute(
                """
                UPDATE organization_states SET retention_months = 13,
                    retention_begins_at = now() - interval '1 minute'
                WHERE org_id = '\(bench.first)'
                """)
            let job = try await bench.claimed(bench.first)
            try await set("is_suspended", "true")
            let error = await #expect(throws: ServiceError.self) {
                try await bench.filler().run(job, JobControl())
            }
            #expect(error?.reason == "JOB_LEASE_LOST")
            try await set("is_suspended", "false")
            try await bench.fillIn(bench.first)
            let amounts = try await bench.amounts(bench.first)
            #expect(amounts["old"] == "unpriced" && amounts["huge"] == "unpriced")
            #expect(amounts["new"] != "unpriced")
            #expect(bench.logLines.contains { $0.contains("out_of_range=1") })
            #expect(try await bench.disagreements() == [])
        }
    }

    @Test func everyStatementFitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                SelectOrganizationsWithLatePrices.self, SelectPriceLook.self, BeginPriceLook.self,
                MovePriceLook.self, MovePriceLookOfReports.self, EndPriceLook.self,
                ForgetPriceLook.self, SelectRollupSpan.self,
                SelectUnpricedDays.self,
            ])
            #expect(faults == [])
        }
    }
}

extension LatePriceBench {
    /// A call of an organization's owner.
    fileprivate func call(of id: OrganizationID) -> Call {
        Call(
            caller: Caller(tokenID: "t", roles: .owner, organizationID: id),
            context: RPCContext(method: "test", logger: Logger(label: "test")),
            environment: CallEnvironment(pool: worker.pool, clock: .fixed(Self.now)))
    }
}
