import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// What is met with which usage, and what counts on top of it.
struct WhatEventsMeanTests {
    private typealias Bench = MatchingBench
    private typealias Words = MatchingBench.Words

    private static func tokens(_ rows: [RollupRow]) throws -> Int64 {
        try Bench.metered(rows).reduce(0) { $0 + $1.tokens }
    }

    private static func requests(_ rows: [RollupRow]) throws -> Int64 {
        try Bench.metered(rows).reduce(0) { $0 + $1.requests }
    }

    /// Of `rows`, what is the provider's beside events.
    private static func unmetered(_ rows: [RollupRow]) throws -> Int128 {
        Bench.sum(try Bench.metered(rows).filter { !$0.isOfEvents })
    }

    /// What is stored, or a session, has no model: no event that names one is of it, but for what only such
    /// rows have.
    @Test func usageWithoutAModelIsOfNoModelsEvents() throws {
        let nameless = Words(model: "")
        let rows = [
            try Bench.row(.providerUsage, Words(), [.input: 1_000]),
            try Bench.row(.providerUsage, nameless, [.storedByteDay: 5_000_000_000]),
            try Bench.row(.event, Words(model: "gpt-4o"), [.input: 400]),
        ]
        #expect(try Self.tokens(rows) == 1_000)
        // 2.5 USD for a million.
        #expect(try Self.unmetered(Array(rows.dropFirst(2)) + [rows[0]]) == 600 * 2_500_000)
        #expect(try Self.unmetered(rows) == 600 * 2_500_000 + rows[1].amount.picos)
        // The one that names most holds the event, in whatever order they come.
        let tokens = try Bench.row(.providerUsage, nameless, [.input: 50])
        for rows in [[tokens] + rows, rows + [tokens]] {
            #expect(try Self.tokens(rows) == 1_050)
        }
        let own = try Bench.row(.event, nameless, [.input: 20])
        #expect(try Self.tokens(rows + [tokens, own]) == 1_050)
        // Nobody has a price of searches of files: those that events have count once all the same.
        let searches = [
            try Bench.row(.providerUsage, nameless, [.fileSearchRequest: 10]),
            try Bench.row(.event, Words(), [.fileSearchRequest: 10]),
        ]
        #expect(try Bench.metered(searches).reduce(0) { $0 + $1.unpricedEntries } == 1)
    }

    /// A project that the report does not have is none of its projects, whatever it is called.
    @Test func otherProjectsEventsCountOnTop() throws {
        let (a, b) = (Words(project: "proj_A"), Words(project: "proj_B"))
        let usageOfA = try Bench.row(.providerUsage, a, [.input: 1_000])
        let usageOfB = try Bench.row(.providerUsage, b, [.input: 1_000])
        let other = try Bench.row(.event, Words(project: "proj_X"), [.input: 800])
        #expect(try Self.tokens([usageOfA, other]) == 1_800)
        #expect(try Self.unmetered([usageOfA, other]) == usageOfA.amount.picos)

        let named = try Bench.row(.event, Words(project: "Project A"), [.input: 500])
        let rows = [usageOfA, usageOfB, named]
        #expect(try Self.tokens(rows) == 2_500)
        let spend = try Bench.metered(rows)
        for usage in [usageOfA, usageOfB] {
            let own = spend.filter { $0.dimensions.project == usage.dimensions.project }
            #expect(Bench.sum(own) == usage.amount.picos)
            #expect(own.reduce(0) { $0 + $1.tokens } == 1_000)
        }
        let causes = try Bench.reconciled(rows).total.causes
        #expect(causes[.unmatchedEvents] == -named.amount.picos)
        #expect(causes[.missingEvents] == usageOfA.amount.picos + usageOfB.amount.picos)
        #expect(causes[.surplusEvents] == nil)

        // An event of no project may be of any.
        let ofNone = try Bench.row(.event, Words(project: ""), [.input: 500])
        #expect(try Self.tokens([usageOfA, usageOfB, ofNone]) == 2_000)
    }

    /// An event under one project takes nothing of another's bill.
    @Test func otherProjectsEventsTakeNothingOfABill() throws {
        let usage = try Bench.row(.providerUsage, Words(project: "proj_A"), [.input: 1_000])
        let event = try Bench.row(.event, Words(project: "proj_B"), [.input: 500])
        for namesModel in [true, false] {
            let charge = Bench.charge(4_000, usage) { if !namesModel { $0.model = "" } }
            let spend = try Bench.metered([usage, event, charge], .billed)
            #expect(Bench.sum(spend) == 4_000)
            #expect(Bench.sum(spend.filter(\.isOfEvents)) == 0)
        }
    }

    /// Calls that nobody could price are shared over all that they may be.
    @Test func unpricedCallsAreOfAllThatTheyMayBe() throws {
        let rows = [
            try Bench.row(.providerUsage, Words(model: "gpt-4o"), [.input: 100], requests: 10),
            try Bench.row(.providerUsage, Words(model: "o3"), [.input: 900], requests: 90),
            try Bench.row(
                .event, Words(model: "our-deployment"), [.input: 1_000], requests: 100),
        ]
        #expect(try Self.requests(rows) == 100)
        #expect(try Self.tokens(rows) == 1_000)
        #expect(try Self.unmetered(rows) == rows[0].amount.picos + rows[1].amount.picos)
        let half = try Bench.row(
            .event, Words(model: "our-deployment"), [.input: 500], requests: 50)
        let spend = try Bench.metered([rows[0], rows[1], half])
        #expect(spend.filter { !$0.isOfEvents }.map(\.requests).sorted() == [5, 45])
        #expect(spend.filter { !$0.isOfEvents }.map(\.tokens).sorted() == [50, 450])
    }

    /// An alias means the model that it is one of, behind a route and with a day, and no other: calls under both
    /// names count once.
    @Test(arguments: ["grok-code-fast", "xai/grok-code-fast", "grok-code-fast-20261101"])
    func aliasesMeanTheirModels(name: String) throws {
        let own = Words(provider: "xai", model: "grok-code-fast-1")
        let usage = try Bench.row(.providerUsage, own, [.input: 1_000], requests: 9)
        let event = try Bench.row(
            .event, own.changed { $0.model = name }, [.input: 400], requests: 4)
        #expect(event.amount.picos == 400_000_000)
        #expect(try Self.tokens([usage, event]) == 1_000)
        #expect(try Self.requests([usage, event]) == 9)
        let other = try Bench.row(
            .providerUsage, own.changed { $0.model = "grok-4.7" }, [.input: 1_000], requests: 9)
        #expect(try Self.tokens([other, event]) == 1_400)
    }

    /// A route before a model that is known as another one leads to no other.
    @Test func routedNamesOfOtherModelsAreOthers() throws {
        let usage = try Bench.row(.providerUsage, Words(model: "o3"), [.input: 100], requests: 9)
        let event = try Bench.row(
            .event, Words(model: "openai/gpt-4o-mini"), [.input: 40], requests: 4)
        #expect(try Self.requests([usage, event]) == 13)
        #expect(try Self.tokens([usage, event]) == 140)
    }

    /// What nobody could price of a row takes nothing of the usage's worth.
    @Test func partlyUnpricedEventsTakeWhatIsPriced() throws {
        let usage = try Bench.row(.providerUsage, Words(), [.input: 800, .output: 200])
        var event = try Bench.row(
            .event, Words(model: "gpt-4o"), [.input: 800, .output: 200], requests: 5)
        event.entries = 5
        event.unpricedEntries = 3
        event.unpricedTokens = 600
        event.amount = Money(picos: 1_600_000_000, currency: .usd)
        let rest = try Bench.row(.providerUsage, Words(), [.input: 480, .output: 120])
        #expect(try Self.unmetered([usage, event]) == rest.amount.picos)
        #expect(try Self.tokens([usage, event]) == 1_000)
    }

    /// What is unmatched is told by its words, not by how much of them there is: a bill that names no model
    /// holds both.
    @Test func partsThatAreNotMetAreUnmatched() throws {
        let usage = try Bench.row(.providerUsage, Words(), [.input: 1_000])
        let event = try Bench.row(.event, Words(model: "gpt-4o"), [.input: 1_400])
        let other = try Bench.row(.event, Words(model: "gpt-4o-mini"), [.input: 100])
        let charge = Bench.charge(usage.amount.picos, usage) { $0.model = "" }
        for rows in [[usage, event, other], [usage, event, other, charge]] {
            let total = try Bench.reconciled(rows).total
            #expect(
                total.causes[.unmatchedEvents] == -(400 * 2_500_000 + other.amount.picos))
            #expect(total.causes[.surplusEvents] == nil)
            #expect(total.causes[.eventPrice] == nil)
            #expect(total.events == event.amount.picos + other.amount.picos)
        }
    }

    /// Rows of a day whose events' sender has other words than the report, of calls that are the report's and
    /// that are not.
    private static func day(_ random: inout SeededRandom) throws -> [RollupRow] {
        let models = ["gpt-4o-2024-08-06", "gpt-4o-mini-2024-07-18", "o3"]
        return try (0..<24).map { number in
            let isEvent = number % 2 == 0
            let model = models.randomElement(using: &random) ?? ""
            let sent = [model, String(model.prefix(6)), "openai/\(model)", "our-deployment"]
            let words = Words(
                project: ["proj_1", "proj_2", isEvent ? "" : "proj_3", isEvent ? "x" : "proj_1"]
                    .randomElement(using: &random) ?? "",
                model: isEvent ? sent.randomElement(using: &random) ?? "" : model,
                tier: isEvent ? ["", "standard"].randomElement(using: &random) ?? "" : "standard")
            return try Bench.row(
                isEvent ? .event : .providerUsage, words,
                [
                    .input: .random(in: 0...9_999, using: &random),
                    .output: .random(in: 0...99, using: &random),
                ], hour: Int64(number), requests: .random(in: 0...9, using: &random))
        }
    }

    private struct Group: Hashable {
        let isOfEvents: Bool
        let project: String
        let model: String
    }

    private static func groups(_ rows: [RollupRow]) throws -> [Group: [Int128]] {
        var result: [Group: [Int128]] = [:]
        for row in try Bench.metered(rows) {
            let group = Group(
                isOfEvents: row.isOfEvents, project: row.dimensions.project,
                model: row.dimensions.model)
            let figures = [row.amount.picos, Int128(row.requests), Int128(row.tokens)]
            result[group] = zip(result[group] ?? [0, 0, 0], figures).map(+)
        }
        return result.filter { $0.value != [0, 0, 0] }
    }

    /// Neither the order of rows nor the hours of a day change a figure, and what comes to any is no less than
    /// either feed and no more than both.
    @Test(arguments: 1...20)
    func figuresDoNotDependOnTheOrder(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let rows = try Self.day(&random)
        let groups = try Self.groups(rows)
        for _ in 0..<4 {
            let hours = (0..<24).shuffled(using: &random)
            let moved = zip(rows, hours).map { row, hour in
                var row = row
                row.start = Bench.day.advanced(bySeconds: Int64(hour) * 3_600)
                return row
            }.shuffled(using: &random)
            #expect(try Self.groups(moved) == groups, "seed \(seed)")
        }
        let sums = groups.values.reduce([0, 0, 0]) { zip($0, $1).map(+) }
        let feeds = [RollupRow.Kind.event, .providerUsage].map { kind in
            let feed = rows.filter { $0.kind == kind }
            return [
                Bench.sum(feed), Int128(feed.reduce(0) { $0 + $1.requests }),
                Int128(feed.reduce(0) { $0 + $1.tokens }),
            ]
        }
        for (figure, sum) in sums.enumerated() {
            let (events, usage) = (feeds[0][figure], feeds[1][figure])
            #expect(sum >= max(events, usage) && sum <= events + usage, "seed \(seed) \(figure)")
        }
    }
}
