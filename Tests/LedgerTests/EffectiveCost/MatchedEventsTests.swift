import Domain
import TestSupport
import Testing

@testable import Ledger

/// Events whose sender has other words for a call than the provider's report of it.
struct MatchedEventsTests {
    private typealias Bench = MatchingBench
    private typealias Words = MatchingBench.Words

    /// Whether an event under other words counts as the call that the provider reports.
    @Test func wordsForTheSameCount() throws {
        let openAI = Words()
        let anthropic = Words(
            provider: "anthropic", project: "wrkspc_1", model: "claude-opus-5-5")
        let cases: [(usage: Words, event: Words, isSame: Bool)] = [
            (openAI, openAI, true),
            (openAI, openAI.changed { $0.model = "gpt-4o" }, true),
            (openAI.changed { $0.model = "gpt-4o" }, openAI, true),
            (openAI, openAI.changed { $0.model = "openai/gpt-4o" }, true),
            (openAI, openAI.changed { $0.model = "gpt-4o-latest" }, true),
            (openAI, openAI.changed { $0.model = "gpt-4o-2024-05-13" }, false),
            (openAI, openAI.changed { $0.model = "gpt-4o-mini" }, false),
            (openAI, openAI.changed { $0.project = "" }, true),
            (openAI, openAI.changed { $0.project = "The project" }, false),
            (openAI, openAI.changed { $0.model = "openai/gpt-4o-mini" }, false),
            (openAI, openAI.changed { $0.model = "openai/gpt-4o-2024-05-13" }, false),
            (openAI, openAI.changed { $0 = Words(project: "", model: "gpt-4o", tier: "") }, true),
            (openAI, openAI.changed { $0.tier = "default" }, true),
            (openAI, openAI.changed { $0.region = "eu" }, true),
            (anthropic, anthropic.changed { $0.tier = "" }, true),
            (anthropic, anthropic.changed { $0.tier = "default" }, true),
            (anthropic, anthropic.changed { $0.tier = "on_demand" }, true),
            (anthropic, anthropic.changed { $0.tier = "batch" }, false),
            (anthropic.changed { $0.tier = "batch" }, anthropic.changed { $0.tier = "" }, true),
            (anthropic, anthropic.changed { $0.region = "global" }, true),
            (anthropic, anthropic.changed { $0.region = "us-east-1" }, true),
            (anthropic.changed { $0.region = "us" }, anthropic, true),
            (anthropic, anthropic.changed { $0.model = "claude-opus-5-5-20260901" }, true),
        ]
        for (usage, event, isSame) in cases {
            let calls = [
                try Bench.row(.providerUsage, usage, [.input: 1_000, .output: 50], requests: 7),
                try Bench.row(.event, event, [.input: 400, .output: 20], requests: 3),
            ]
            let spend = try Bench.metered(calls)
            let rest = try Bench.row(.providerUsage, usage, [.input: 600, .output: 30])
            // What has no price takes nothing of the usage.
            let isMet = isSame && calls[1].unpricedEntries == 0
            let ofUsage = isMet ? rest.amount.picos : calls[0].amount.picos
            let place = "\(usage), \(event)"
            #expect(Bench.sum(spend) == calls[1].amount.picos + ofUsage, "\(place)")
            // Calls are counted by project and model.
            let isOnce =
                isSame || (usage.model == event.model && usage.project == event.project)
            #expect(spend.reduce(0) { $0 + $1.requests } == (isOnce ? 7 : 10), "\(place)")
            #expect(spend.reduce(0) { $0 + $1.tokens } == (isOnce ? 1_050 : 1_470), "\(place)")
        }
    }

    /// Calls in whichever words they are sent: as long as they are the provider's, the total is what it
    /// reports; calls that it does not know come on top, and reconciliation names them.
    @Test(arguments: 1...20)
    func callsCountOnceInWhateverWords(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var usage: [RollupRow] = []
        var events: [RollupRow] = []
        let classes: [QuantityClass] = [.input, .cacheRead, .output]
        for number in 0..<Int.random(in: 2...8, using: &random) {
            let own = Words(
                project: ["proj_1", "proj_2", "proj_3"].randomElement(using: &random) ?? "",
                model: ["gpt-4o-2024-08-06", "gpt-4o-mini-2024-07-18", "o3"].randomElement(
                    using: &random) ?? "")
            let reported = classes.map { ($0, Int64.random(in: 0...9_000_000, using: &random)) }
            usage.append(
                try Bench.row(
                    .providerUsage, own, Dictionary(uniqueKeysWithValues: reported),
                    hour: Int64(number), requests: 100))
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                let sent = own.changed { words in
                    if Bool.random(using: &random) { words.project = "" }
                    let undated = String(words.model.dropLast(words.model.hasPrefix("o") ? 0 : 11))
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: words.model = undated
                    case 1: words.model = "openai/" + undated
                    default: break
                    }
                    words.tier = ["", "default", "standard"].randomElement(using: &random) ?? ""
                }
                events.append(
                    try Bench.row(
                        .event, sent,
                        Dictionary(
                            uniqueKeysWithValues: reported.map {
                                ($0.0, Int64.random(in: 0...$0.1 / 4, using: &random))
                            }), hour: .random(in: 0..<24, using: &random),
                        requests: .random(in: 1...25, using: &random)))
            }
        }
        let known = try Bench.metered(usage + events)
        #expect(Bench.sum(known) == Bench.sum(usage), "seed \(seed)")
        #expect(
            known.reduce(0) { $0 + $1.tokens } == usage.reduce(0) { $0 + $1.tokens },
            "seed \(seed)")

        // Of another account, by their model.
        let foreign = try (0..<3).map {
            try Bench.row(
                .event, Words(model: "gpt-6-sol"), [.input: 1_000 + $0, .output: 7], hour: $0)
        }
        let rows = usage + events + foreign
        let all = try Bench.metered(rows)
        #expect(Bench.sum(all) == Bench.sum(usage) + Bench.sum(foreign), "seed \(seed)")
        #expect(
            try Bench.sum(Bench.metered(rows.shuffled(using: &random))) == Bench.sum(all),
            "seed \(seed)")

        let total = try Bench.reconciled(rows).total
        #expect(total.causes[.unmatchedEvents] == -Bench.sum(foreign), "seed \(seed)")
        #expect(total.causes[.surplusEvents] == nil, "seed \(seed)")
        #expect(
            total.causes[.missingEvents] ?? 0 == Bench.sum(usage) - Bench.sum(events),
            "seed \(seed)")
        let causes = total.causes.filter { !$0.key.isOfBill }.values.reduce(0, +)
        #expect(causes == total.usage - total.events, "seed \(seed)")
    }

    /// Whatever is sent: no more than what the provider reports and the events together, no less than
    /// either, and of a bill exactly the bill.
    @Test(arguments: 1...20)
    func totalsAreBetweenTheFeedsAndTheirSum(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var rows: [RollupRow] = []
        for number in 0..<20 {
            let words = Words(
                project: ["proj_1", "", "x"].randomElement(using: &random) ?? "",
                model: ["gpt-4o-2024-08-06", "gpt-4o", "o3", "gpt-6-sol"].randomElement(
                    using: &random) ?? "",
                tier: ["", "standard", "batch"].randomElement(using: &random) ?? "")
            rows.append(
                try Bench.row(
                    number % 2 == 0 ? .event : .providerUsage, words,
                    [.input: .random(in: 0...9_999, using: &random), .output: 5],
                    hour: Int64(number)))
        }
        let total = Bench.sum(try Bench.metered(rows))
        let events = Bench.sum(rows.filter { $0.kind == .event })
        #expect(total >= events && total <= Bench.sum(rows), "seed \(seed)")
        let charge = Bench.charge(rows[1].amount.picos, rows[1])
        let billed = try Bench.metered(rows + [charge], .billed)
        #expect(Bench.sum(billed) == charge.amount.picos, "seed \(seed)")
    }

    /// Events that nobody can price take nothing of what the provider's usage is worth, and their calls
    /// count once all the same.
    @Test func unpricedNamesTakeNothingAway() throws {
        let usage = try Bench.row(.providerUsage, Words(), [.input: 1_000], requests: 7)
        let event = try Bench.row(
            .event, Words(model: "our-deployment"), [.input: 400], requests: 3)
        #expect(event.unpricedEntries == 1)
        let spend = try Bench.metered([usage, event])
        #expect(Bench.sum(spend) == usage.amount.picos)
        #expect(spend.reduce(0) { $0 + $1.requests } == 7)
        #expect(spend.reduce(0) { $0 + $1.tokens } == 1_000)
        #expect(spend.reduce(0) { $0 + $1.unpricedEntries } == 1)
    }

    /// What is matched has its share of the bill, as if it had said the provider's words.
    @Test func matchedEventsShareTheBill() throws {
        let usage = try Bench.row(.providerUsage, Words(), [.input: 1_000])
        let event = try Bench.row(.event, Words(project: "", model: "gpt-4o"), [.input: 250])
        let spend = try Bench.metered([usage, event, Bench.charge(4_000, usage)], .billed)
        #expect(spend.first(where: \.isOfEvents)?.amount.picos == 1_000)
        #expect(spend.first { $0.dimensions.source == "report" }?.amount.picos == 3_000)
    }
}
