import API
import Core
import Domain
import TallyClient
import TestSupport
import Testing

/// Of single events, and of what changes them.
extension SameMoneyTests {
    @Sendable static func explanations(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        for root in stored.roots where root.feed == .events {
            let explained = try await bench.owner.call(
                IngestionServiceMethods.ExplainEvent.self,
                ExplainEventRequest(source: root.values["source"] ?? "", id: root.id))
            #expect(explained.unpriced == root.isUnpriced, "\(root)")
            #expect(try picos(explained.amount) == (root.isUnpriced ? nil : root.picos), "\(root)")
            let entries = try explained.entries.reduce(0) { $0 + (try picos($1.amount) ?? 0) }
            #expect(entries == root.picos, "\(root)")
            #expect(try picos(explained.event?.providerCost) ?? 0 == root.providerPicos, "\(root)")
        }
    }

    @Sendable static func export(_ bench: MoneyBench) async throws {
        let stored = try await stored(bench)
        let window = MoneyBench.october
        let (entries, sums) = try await exported(window, bench)
        let feeds: [(StoredMoney.Feed, EntryFeed)] = [
            (.events, .events), (.usage, .providerUsage), (.bill, .providerBill),
        ]
        for (feed, wire) in feeds {
            let roots = stored.roots.filter { $0.feed == feed && window.contains($0.day) }
            let sum = try #require(sums.first { $0.feed == wire })
            #expect(try picos(sum.amount) == roots.picos)
            let exported = entries.filter { $0.feed == wire }
            #expect(try exported.reduce(0) { $0 + (try picos($1.amount) ?? 0) } == roots.picos)
            #expect(
                try exported.reduce(0) { $0 + (try picos($1.providerCost) ?? 0) }
                    == roots.reduce(0) { $0 + $1.providerPicos })
        }
    }

    private static func exported(
        _ window: MoneyWindow, _ bench: MoneyBench
    ) async throws -> ([ExportedEntry], [EntrySum]) {
        try await bench.owner.serverStreaming(
            IngestionServiceMethods.ExportEntries.self,
            ExportEntriesRequest(from: window.from, through: window.through)
        ) { parts in
            var entries: [ExportedEntry] = []
            var sums: [EntrySum]?
            for try await part in parts {
                switch part.part {
                case .entries(let more): entries += more.entries
                case .end(let end): sums = end.sums
                case nil: break
                }
            }
            return (entries, try #require(sums))
        }
    }

    /// Events that may be changed, some for each seed.
    private static func changeable(
        _ stored: StoredMoney, _ bench: MoneyBench, salt: UInt64
    ) -> [StoredMoney.Root] {
        var random = SeededRandom(seed: bench.seed &+ salt)
        let events = stored.roots.filter { $0.feed == .events && $0.picos > 0 }
        return Array(events.shuffled(using: &random).prefix(30))
    }

    @Sendable static func corrections(_ bench: MoneyBench) async throws {
        let chosen = changeable(try await stored(bench), bench, salt: 1)
        let answer = try await bench.owner.call(
            IngestionServiceMethods.CorrectEvents.self,
            CorrectEventsRequest(
                corrections: chosen.enumerated().map { number, root in
                    EventCorrection(
                        source: root.values["source"] ?? "", id: root.id,
                        quantities: [
                            API.Quantity(quantityClass: "input", amount: 7 * Int64(number))
                        ], reason: "Counted again")
                }))
        try await expect(answer.results, of: chosen, bench)
    }

    @Sendable static func reversals(_ bench: MoneyBench) async throws {
        let chosen = changeable(try await stored(bench), bench, salt: 2)
        let answer = try await bench.owner.call(
            IngestionServiceMethods.ReverseEvents.self,
            ReverseEventsRequest(
                reversals: chosen.map {
                    EventReversal(
                        source: $0.values["source"] ?? "", id: $0.id, reason: "Sent by mistake")
                }))
        try await expect(answer.results, of: chosen, bench)
    }

    private static func expect(
        _ results: [EventChangeResult], of chosen: [StoredMoney.Root], _ bench: MoneyBench
    ) async throws {
        let after = Dictionary(
            grouping: try await stored(bench).roots, by: { [$0.values["source"], $0.id] })
        #expect(results.count == chosen.count)
        #expect(results.allSatisfy { $0.outcome == .changed })
        for (result, root) in zip(results, chosen) {
            let now = try #require(after[[root.values["source"], root.id]]?.first)
            #expect(try picos(result.amount) == now.picos, "\(root) \(result)")
        }
    }

    /// What an answer says that it changed is what the entries changed by.
    @Sendable static func repricing(_ bench: MoneyBench) async throws {
        let window = MoneyBench.all
        let before = try await stored(bench)
        let planned = try await reprice(window, isDryRun: true, bench)
        #expect(try await stored(bench).roots.picos == before.roots.picos)
        let done = try await reprice(window, isDryRun: false, bench)
        let after = try await stored(bench)
        let amounts = Dictionary(
            uniqueKeysWithValues: before.roots.map { ([$0.values["source"], $0.id], $0.picos) })
        let changed = after.roots.filter { amounts[[$0.values["source"], $0.id]] != $0.picos }
        #expect(!changed.isEmpty)
        for parts in [planned, done] {
            func sum(_ field: (RepricedCost) -> API.Money?) throws -> Int128 {
                try parts.reduce(0) { $0 + (try picos($1.total.flatMap(field)) ?? 0) }
            }
            #expect(try sum(\.difference) == after.roots.picos - before.roots.picos)
            #expect(try sum(\.after) == changed.picos)
            #expect(
                try sum(\.before)
                    == changed.reduce(0) { $0 + (amounts[[$1.values["source"], $1.id]] ?? 0) })
            for (model, costs) in Dictionary(grouping: parts.flatMap(\.models), by: \.model) {
                #expect(
                    try costs.reduce(0) { $0 + (try picos($1.after) ?? 0) }
                        == changed.filter { $0.values["model"] == model }.picos)
            }
        }
    }

    /// All parts.
    private static func reprice(
        _ window: MoneyWindow, isDryRun: Bool, _ bench: MoneyBench
    ) async throws -> [RepriceEventsResponse] {
        var parts: [RepriceEventsResponse] = []
        repeat {
            parts.append(
                try await bench.owner.call(
                    IngestionServiceMethods.RepriceEvents.self,
                    RepriceEventsRequest(
                        from: window.from, through: window.through, provider: "openai",
                        reason: "Contract", dryRun: isDryRun,
                        pageToken: parts.last?.nextPageToken ?? "")))
        } while !(parts.last?.nextPageToken.isEmpty ?? true)
        return parts
    }
}
