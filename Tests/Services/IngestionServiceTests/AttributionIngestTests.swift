import API
import Core
import Domain
import ServiceRuntime
import TestSupport
import Testing

@testable import IngestionService

/// Rules at work on events that are recorded, on PostgreSQL.
@Suite struct AttributionIngestTests {
    private typealias Fixture = ServiceFixture

    private static func event(
        _ id: String, project: String = "proj_1", at time: Instant = Fixture.now,
        _ change: (inout Event) -> Void = { _ in }
    ) -> Event {
        LedgerEventWireTests.event {
            $0.id = id
            $0.time = Timestamp(time)
            $0.project = project
            change(&$0)
        }
    }

    private static func ingest(
        _ events: [Event], _ fixture: Fixture, _ call: Call
    ) async throws -> [EventResult.Outcome] {
        try await fixture.ingest.answer(IngestEventsRequest(events: events), call)
            .results.map(\.outcome)
    }

    @discardableResult
    private static func set(
        _ rules: [API.AttributionRule], from: Instant? = nil, _ fixture: Fixture, _ call: Call
    ) async throws -> API.AttributionRuleSet {
        try await fixture.attribution.set(
            SetAttributionRulesRequest(
                rules: rules, effectiveTime: from.map { Timestamp($0) }), call)
    }

    private static func team(_ team: String, name: String = "all") -> API.AttributionRule {
        AttributionRule(name: name, target: "team", value: .constant(team))
    }

    private static let teams = AttributionRule(
        name: "teams", target: "team",
        value: .mapping(
            AttributionMapping(
                dimension: "project",
                lines: [
                    AttributionMappingLine(from: "proj_1", to: "search"),
                    AttributionMappingLine(from: "proj_2", to: "chat"),
                ])))

    /// Requests by team, and what all cost.
    private static func summary(
        _ fixture: Fixture, _ call: Call
    ) async throws -> UsageSummaryResponse {
        try await fixture.summary.answer(
            UsageSummaryRequest(
                from: API.Date(year: 2026, month: 11, day: 1),
                through: API.Date(year: 2026, month: 11, day: 30), basis: .metered,
                breakdowns: ["team"]), call)
    }

    private static func requests(
        _ fixture: Fixture, _ call: Call
    ) async throws -> [String: Int64] {
        Dictionary(
            uniqueKeysWithValues: try await summary(fixture, call).rows.map {
                ($0.values[0].value, $0.figures?.requests ?? 0)
            })
    }

    private static func explain(
        _ id: String, _ fixture: Fixture, _ call: Call
    ) async throws -> ExplainEventResponse {
        try await ExplainEvent(catalogues: fixture.catalogues).answer(
            ExplainEventRequest(source: "gateway", id: id), call)
    }

    /// What rules derive counts, and an explanation tells it from what was sent.
    @Test func derivedDimensionsCountAndAreExplained() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            try await Self.set(
                [
                    Self.teams,
                    AttributionRule(
                        name: "rename",
                        conditions: [AttributionCondition(dimension: "tag:env", prefixes: ["pr"])],
                        target: "tag:env", value: .constant("production"), replace: true),
                ], fixture, call)
            let outcomes = try await Self.ingest(
                [
                    Self.event("a"), Self.event("b", project: "proj_2"),
                    Self.event("c", project: "proj_9"), Self.event("d") { $0.team = "own" },
                    Self.event("e") { $0.tags = [Tag(key: "env", value: "prod")] },
                ], fixture, call)
            #expect(outcomes.allSatisfy { $0 == .accepted })
            #expect(
                try await Self.requests(fixture, call)
                    == ["search": 2, "chat": 1, "": 1, "own": 1])
            let explained = try await Self.explain("e", fixture, call)
            #expect(explained.event?.team == "")
            #expect(explained.event?.tags == [Tag(key: "env", value: "prod")])
            #expect(
                explained.derived == [
                    DerivedDimension(
                        dimension: "tag:env", value: "production",
                        sent: DimensionValue(value: "prod"), ruleSetVersion: 1, rule: "rename"),
                    DerivedDimension(
                        dimension: "team", value: "search", sent: DimensionValue(absent: true),
                        ruleSetVersion: 1, rule: "teams"),
                ])
            #expect(try await Self.explain("d", fixture, call).derived.isEmpty)
        }
    }

    /// Row 21: rules that change leave what was recorded as it was; the same event again is a duplicate and
    /// no conflict, under whatever rules, and a correction stays where its event is.
    @Test func changedRulesLeaveWhatWasRecorded() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            #expect(try await Self.ingest([Self.event("bare")], fixture, call) == [.accepted])
            try await Self.set([Self.team("first")], fixture, call)
            let again = try await Self.ingest(
                [Self.event("bare"), Self.event("a"), Self.event("b")], fixture, call)
            #expect(again == [.duplicate, .accepted, .accepted])
            let before = try await Self.summary(fixture, call)
            let explained = try await Self.explain("a", fixture, call)
            try await Self.set([Self.team("second")], fixture, call)
            #expect(try await Self.summary(fixture, call) == before)
            #expect(try await Self.explain("a", fixture, call) == explained)
            let other = Self.event("b") { $0.team = "first" }
            #expect(
                try await Self.ingest(
                    [Self.event("a"), other, Self.event("bare"), Self.event("c")], fixture, call)
                    == [.duplicate, .conflict, .duplicate, .accepted])
            try await Self.set([], fixture, call)
            #expect(try await Self.ingest([Self.event("d")], fixture, call) == [.accepted])
            #expect(
                try await Self.requests(fixture, call) == ["": 2, "first": 2, "second": 1])
            let sets = try await fixture.count("dimension_sets")
            let changes = ChangeEvents(ledger: fixture.ledger, catalogues: fixture.catalogues)
            let corrected = try await changes.correct(
                CorrectEventsRequest(corrections: [
                    EventCorrection(
                        source: "gateway", id: "a",
                        quantities: [API.Quantity(quantityClass: "input", amount: 1_000_000)],
                        reason: "late")
                ]), call)
            #expect(corrected.results.map(\.outcome) == [.changed])
            #expect(try await fixture.count("dimension_sets") == sets, "derived as the event is")
            let after = try await Self.summary(fixture, call)
            let first = after.rows.first { $0.values[0].value == "first" }?.figures
            #expect(first?.requests == 2)
            // 2 for a million, and 10 × 2 + 5 × 10 a million for the other event.
            #expect(first?.cost?.amount == "2.000070000000")
            #expect(try await Self.explain("a", fixture, call).derived == explained.derived)
        }
    }

    /// Events are of the version in force at their time: the newest of those that have begun then.
    @Test func versionsHoldFromTheirFirstInstantOn() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let now = Fixture.now
            let begins = [
                now.advanced(bySeconds: -864_000), now.advanced(bySeconds: -432_000),
                now.advanced(bySeconds: 60),
            ]
            for (index, begin) in begins.enumerated() {
                try await Self.set([Self.team("v\(index + 1)")], from: begin, fixture, call)
            }
            var events: [Event] = []
            for (index, begin) in begins.enumerated() {
                events.append(
                    Self.event("before \(index)", at: begin.advanced(byMicroseconds: -1)))
                events.append(Self.event("at \(index)", at: begin))
            }
            #expect(try await Self.ingest(events, fixture, call).allSatisfy { $0 == .accepted })
            #expect(
                try await Self.requests(fixture, call) == ["": 1, "v1": 2, "v2": 2, "v3": 1])
            // Takes over from its begin on, from versions that begin later, too.
            try await Self.set(
                [Self.team("v4")], from: now.advanced(bySeconds: -600_000), fixture, call)
            let more = events.map { event in
                var event = event
                event.id += " more"
                return event
            }
            _ = try await Self.ingest(more, fixture, call)
            #expect(
                try await Self.requests(fixture, call)
                    == ["": 2, "v1": 3, "v2": 2, "v3": 1, "v4": 4])
            let list = try await fixture.attribution.list(ListAttributionRuleSetsRequest(), call)
            #expect(list.ruleSets.map(\.version) == [4, 3, 2, 1])
            let ends = list.ruleSets.map(\.endTime)
            let fourth = Timestamp(now.advanced(bySeconds: -600_000))
            #expect(ends == [nil, fourth, fourth, fourth])
        }
    }

    /// Another server goes on with the rules it knows for less than a second.
    @Test func serversKnowNewRulesWithinASecond() async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            let organization = try call.organizationID
            var other = fixture
            other.rules = AttributionRuleStore()
            #expect(try await Self.ingest([Self.event("a")], other, call) == [.accepted])
            try await Self.set([Self.team("new")], fixture, call)
            let late = fixture.call(
                of: organization, now: Fixture.now.advanced(byMicroseconds: 999_999))
            #expect(try await Self.ingest([Self.event("b")], other, late) == [.accepted])
            #expect(try await Self.requests(fixture, call) == ["": 2])
            #expect(try await Self.ingest([Self.event("here")], fixture, call) == [.accepted])
            let later = fixture.call(
                of: organization, now: Fixture.now.advanced(byMicroseconds: 1_000_000))
            #expect(try await Self.ingest([Self.event("c")], other, later) == [.accepted])
            #expect(try await Self.requests(fixture, call) == ["": 2, "new": 2])
        }
    }

    /// Row 20: the same version of two organizations says what each of them said.
    @Test func rulesAreTheirOrganizationsOwn() async throws {
        try await Fixture.with { fixture in
            let calls = [
                try await fixture.makeCall("ours"), try await fixture.makeCall("theirs"),
                try await fixture.makeCall("others"),
            ]
            for (call, team) in zip(calls, ["ours", "theirs"]) {
                let set = try await Self.set([Self.team(team)], fixture, call)
                #expect(set.version == 1)
            }
            for (call, team) in zip(calls, ["ours", "theirs", ""]) {
                #expect(try await Self.ingest([Self.event("a")], fixture, call) == [.accepted])
                #expect(try await Self.requests(fixture, call) == [team: 1])
            }
        }
    }

    /// Rules change where money counts, and not how much there is; what a preview says is what then comes.
    @Test(arguments: [1, 2] as [UInt64])
    func sumsAreConservedAndPreviewsComeTrue(seed: UInt64) async throws {
        try await Fixture.with { fixture in
            let call = try await fixture.makeCall()
            var random = RandomAttribution(random: SeededRandom(seed: seed))
            var wire: [API.AttributionRule] = []
            for _ in 0..<4 { wire += random.rules() }
            let rules = wire.enumerated().map { index, rule in
                var rule = rule
                rule.name = "rule \(index)"
                return rule
            }
            let events = (0..<200).map { index in
                let sent = random.sent()
                return Self.event("\(index)", project: sent.project) {
                    $0.apiKeyID = sent.apiKeyID
                    $0.user = sent.user
                    $0.feature = sent.feature
                    $0.customer = sent.customer
                    $0.team = sent.team
                    $0.environment = sent.environment
                    $0.tags = sent.tags.map { Tag(key: $0.key, value: $0.value) }
                    $0.quantities[0].amount = Int64(index * 7_919)
                    $0.totalTokens = 0
                }
            }
            #expect(
                try await Self.ingest(events, fixture, call).allSatisfy { $0 == .accepted })
            let bare = try await Self.summary(fixture, call)
            let preview = try await fixture.preview.answer(
                PreviewAttributionRulesRequest(
                    from: API.Date(year: 2026, month: 11, day: 1),
                    through: API.Date(year: 2026, month: 11, day: 30), basis: .metered,
                    rules: rules, limit: 100), call)
            #expect(preview.total == bare.total)
            #expect(try await Self.summary(fixture, call) == bare, "a preview stores nothing")
            #expect(try await fixture.count("attribution_rule_sets") == 0)
            // The same events of another organization, under the rules.
            let other = try await fixture.makeCall("other")
            try await Self.set(rules, fixture, other)
            #expect(
                try await Self.ingest(events, fixture, other).allSatisfy { $0 == .accepted })
            let derived = try await Self.summary(fixture, other)
            #expect(derived.total == bare.total)
            let effect = try #require(preview.dimensions.first { $0.dimension == "team" })
            var expected = try Self.costs(bare)
            for move in effect.moves {
                let picos = try Domain.Money(wire: try #require(move.figures?.cost)).picos
                expected[ExactText(move.before?.value ?? ""), default: 0] -= picos
                expected[ExactText(move.after?.value ?? ""), default: 0] += picos
            }
            #expect(try Self.costs(derived) == expected.filter { $0.value != 0 })
            let sets = try await fixture.count("dimension_sets WHERE rule_set_version = 1")
            #expect(sets > 10)
        }
    }

    /// By team.
    private static func costs(_ summary: UsageSummaryResponse) throws -> [ExactText: Int128] {
        var costs: [ExactText: Int128] = [:]
        for row in summary.rows {
            costs[ExactText(row.values[0].value), default: 0] +=
                try Domain.Money(wire: try #require(row.figures?.cost)).picos
        }
        return costs
    }
}
