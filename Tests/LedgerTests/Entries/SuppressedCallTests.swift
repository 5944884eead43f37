import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Ledger

/// Row 10: one call that several sources tell of counts once, and what does not count is said.
@Suite struct SuppressedCallTests {
    private typealias Fixture = LedgerFixture

    private static func event(
        _ id: String, source: String, call: String, provider: String = "openai",
        model: String = "gpt-6-sol", input: Int64 = 1_000, connection: ConnectionID? = nil
    ) -> LedgerEvent {
        LedgerEvent(
            id: id, time: Fixture.now.advanced(bySeconds: -input),
            dimensions: DimensionSet(
                provider: provider, model: model, operation: "chat", serviceTier: "standard",
                source: source, connectionID: connection),
            quantities: UsageQuantities([Quantity(.input, input), Quantity(.output, 7)]),
            providerRequestID: call)
    }

    private struct Sum: Equatable {
        var picos: Int128 = 0
        var requests: Int64 = 0

        init() {}

        init(_ rows: [SpendRow]) {
            picos = rows.reduce(0) { $0 + $1.amount.picos }
            requests = rows.reduce(0) { $0 + $1.requests }
        }

        mutating func add(_ picos: Int64?) {
            self.picos += Int128(picos ?? 0)
            requests += 1
        }
    }

    /// Spend of everything, and what is suppressed.
    private static func report(
        _ organization: OrganizationID, _ fixture: Fixture, by steps: Bool
    ) async throws -> [Sum] {
        let window =
            Fixture.now.advanced(bySeconds: -86_400)..<Fixture.now.advanced(bySeconds: 86_400)
        let report = try await fixture.transaction(organization) {
            try await SpendReader(catalogues: PriceCatalogueStore()).spend(
                $0, organization: organization, keys: fixture.keys, from: window.lowerBound,
                through: window.upperBound, by: steps ? [window] : nil, basis: .metered,
                now: Fixture.now)
        }
        return [Sum(report.rows), Sum(report.suppressed)]
    }

    /// Calls of which one to three sources tell, each up to three times, in any order and in batches of any
    /// size: the first source that comes counts, whole, and nothing else does.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func callsCountOnceWhoeverTells(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            var random = SeededRandom(seed: seed)
            let fixture = fixture.merging(afterCommits: 3)
            let organization = try await fixture.makeOrganization()
            let connection = try await fixture.makeConnection(organization)
            var sent: [LedgerEvent] = []
            for number in 0..<15 {
                let call = number % 5 == 0 ? "" : "req_\(number / 2)"
                let sources = ["gateway", "sdk", "proxy"].shuffled(using: &random).prefix(
                    Int.random(in: 1...3, using: &random))
                for source in sources {
                    let event = Self.event(
                        "\(number)", source: source, call: call,
                        provider: number % 4 == 0 ? "anthropic" : "openai",
                        model: number % 4 == 0
                            ? "claude-opus-5-5" : number % 7 == 0 ? "unknown" : "gpt-6-sol",
                        input: Int64.random(in: 1...9_999, using: &random),
                        connection: number % 3 == 0 ? connection : nil)
                    let times = Int.random(in: 1...3, using: &random)
                    sent += [LedgerEvent](repeating: event, count: times)
                }
            }
            sent.shuffle(using: &random)
            struct Call: Hashable {
                let provider: String
                let id: String
            }
            var sources: [Call: String] = [:]
            var seen: Set<[String]> = []
            var counted = Sum()
            var suppressed = Sum()
            var rest = sent[...]
            while !rest.isEmpty {
                let batch = Array(rest.prefix(Int.random(in: 1...12, using: &random)))
                rest = rest.dropFirst(batch.count)
                let outcomes = try await fixture.record(batch, organization)
                for (event, outcome) in zip(batch, outcomes) {
                    let picos = try PricedEvent(
                        event, calculator: fixture.calculator, keys: fixture.keys
                    ).cost.picos
                    guard seen.insert([event.source, event.id]).inserted else {
                        #expect(outcome == .duplicate)
                        continue
                    }
                    let call = Call(
                        provider: event.dimensions.provider, id: event.providerRequestID)
                    let first = call.id.isEmpty ? event.source : sources[call] ?? event.source
                    if !call.id.isEmpty { sources[call] = first }
                    let isUnpriced = picos == nil
                    if first == event.source {
                        counted.add(picos)
                        #expect(outcome == .accepted(isUnpriced: isUnpriced))
                    } else {
                        suppressed.add(picos)
                        #expect(outcome == .suppressed(isUnpriced: isUnpriced))
                    }
                }
                #expect(try await fixture.disagreements() == [], "seed \(seed)")
            }
            #expect(suppressed.requests > 0 && counted.requests > suppressed.requests / 4)
            for steps in [true, false] {
                let report = try await Self.report(organization, fixture, by: steps)
                #expect(report == [counted, suppressed], "seed \(seed)")
            }
            #expect(
                try await fixture.rows("SELECT sum(amount_picos) FROM ledger_entries")
                    == ["\(counted.picos)"])
        }
    }

    /// A transaction that fails claims no call; what is suppressed stays so, and says why; the same id of
    /// another provider, or in another organization, is another call; and events without one pay nothing.
    @Test func onlyWhatIsRecordedCounts() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let other = try await fixture.makeOrganization("other")
            let first = Self.event("1", source: "gateway", call: "req_1")
            let second = Self.event("2", source: "sdk", call: "req_1")
            let writer = EntryWriter(
                organization: organization, cache: fixture.cache, keys: fixture.keys)
            let priced = try PricedEvent(
                first, calculator: fixture.calculator, keys: fixture.keys)
            await #expect(throws: CancellationError.self) {
                try await fixture.transaction(organization) {
                    _ = try await writer.record([priced], in: $0, now: Fixture.now)
                    throw CancellationError()
                }
            }
            #expect(
                try await fixture.record([second], organization) == [.accepted(isUnpriced: false)])
            #expect(
                try await fixture.record([first], organization) == [.suppressed(isUnpriced: false)])
            #expect(try await fixture.record([first], other) == [.accepted(isUnpriced: false)])
            let elsewhere = Self.event(
                "3", source: "gateway", call: "req_1", provider: "anthropic",
                model: "claude-opus-5-5")
            #expect(
                try await fixture.record([elsewhere], organization)
                    == [.accepted(isUnpriced: false)])
            var otherwise = first
            otherwise.providerRequestID = "req_2"
            #expect(try await fixture.record([otherwise], organization) == [.conflict])
            let change = EventChange(
                source: "gateway", id: "1",
                kind: .correction(UsageQuantities([Quantity(.input, 5)]), .reported), reason: "r")
            let changed = try await fixture.transaction(organization) {
                try await writer.change(
                    [change], calculator: fixture.calculator, in: $0, now: Fixture.now)
            }
            #expect(changed.outcomes == [.suppressed])
            #expect(
                try await fixture.rows("SELECT kind, event_id, reason FROM usage_entries")
                    == ["7|1|Another source told of the same call before"])
            let keys = "SELECT count(*) FROM idempotency_keys WHERE of_call"
            #expect(try await fixture.rows(keys) == ["3"])
            try await fixture.record([Fixture.event("without")], organization)
            #expect(try await fixture.rows(keys) == ["3"])
            #expect(try await fixture.disagreements() == [])
        }
    }

    @Test func everyStatementFitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                InsertCallKeys.self, InsertCallTellers.self, WithdrawCallTellers.self,
                SelectNextTellers.self, UpdateKeyContents.self, RemoveCalls.self,
            ])
            #expect(faults == [])
        }
    }
}
