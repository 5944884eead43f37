import Core
import Domain
import TestSupport
import Testing

@testable import Ledger

/// What workers compare: every column, and both ways.
@Suite struct RollupVerifierTests {
    private typealias Fixture = LedgerFixture

    @Test(
        arguments: [
            (0, 1), (99_999, 1), (100_000, 4), (399_999, 4), (400_000, 24), (2_400_000, 96),
            (.max, 96),
        ] as [(Int64, Int)])
    func longDaysAreComparedInParts(entries: Int64, parts: Int) {
        let day = Instant(seconds: 1_795_046_400)
        let steps = RollupVerifier.steps(of: day, entries: entries)
        #expect(steps.count == parts)
        #expect(steps.first?.lowerBound == day)
        #expect(steps.last?.upperBound == day.advanced(bySeconds: 86_400))
        for (left, right) in zip(steps, steps.dropFirst()) {
            #expect(left.upperBound == right.lowerBound)
            #expect(right.lowerBound.microseconds % 900_000_000 == 0)
        }
    }

    private static let columns =
        [
            "entries", "requests", "amount_picos", "unpriced_entries", "unpriced_tokens",
        ] + QuantityClass.tokenClasses.map(\.rawValue)

    @Test func everyColumnIsCompared() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let merging = fixture.merging(afterCommits: 1)
            try await merging.record(
                [Fixture.event("a"), Fixture.event("b", model: "unknown")], organization)
            #expect(try await fixture.differences(organization) == [])
            let change = { (set: String) in
                try await fixture.run(
                    """
                    UPDATE usage_rollups SET \(set) WHERE dimension_set_id = (
                        SELECT min(dimension_set_id) FROM usage_rollups)
                    """)
            }
            let found = {
                try await fixture.differences(organization).map {
                    "\($0.part.rawValue) \($0.fields.joined(separator: ","))"
                }
            }
            #expect(Self.columns.count == 20)
            for column in Self.columns {
                try await change("\(column) = \(column) + 1")
                #expect(try await found() == ["quarter \(column)", "day \(column)"])
                try await change("\(column) = \(column) - 1")
            }
            for (column, value, before) in [
                (
                    "last_recorded_at", "last_recorded_at + interval '1 s'",
                    "last_recorded_at - interval '1 s'"
                ),
                ("last_corrected_at", "now()", "NULL"),
                ("other_quantities", "'{\"web_search_request\": 1}'", "'{}'"),
            ] {
                try await change("\(column) = \(value)")
                #expect(try await found() == ["quarter \(column)", "day \(column)"])
                try await change("\(column) = \(before)")
            }
            for column in ["entries", "requests", "amount_picos", "unpriced_entries", "tokens"] {
                try await fixture.run(
                    "UPDATE usage_rollups_monthly SET \(column) = \(column) + dimension_set_id % 2")
                #expect(try await found() == ["month \(column)"])
                try await fixture.run(
                    "UPDATE usage_rollups_monthly SET \(column) = \(column) - dimension_set_id % 2")
            }
            #expect(try await found() == [])
        }
    }

    /// Of a roll-up without entries, or entries without a roll-up, everything differs.
    @Test func whatOnlyOneSideHasIsFound() async throws {
        try await Fixture.with { fixture in
            let organization = try await fixture.makeOrganization()
            let other = try await fixture.makeOrganization("other")
            let merging = fixture.merging(afterCommits: 1)
            for id in [organization, other] { try await merging.record([Fixture.event("a")], id) }
            try await fixture.run(
                """
                SET session_replication_role = replica;
                DELETE FROM usage_rollups WHERE org_id = '\(organization.text)';
                DELETE FROM usage_rollups_daily WHERE org_id = '\(organization.text)';
                DELETE FROM usage_rollups_monthly WHERE org_id = '\(organization.text)';
                """)
            let lost = try await fixture.differences(organization)
            #expect(lost.map(\.part) == [.quarter])
            #expect(Set(Self.columns).isSubset(of: lost.first?.fields ?? []))
            try await fixture.run(
                """
                INSERT INTO usage_rollups_daily (org_id, day_start, dimension_set_id, kind,
                    currency, last_recorded_at)
                VALUES ('\(organization.text)', '2026-11-01Z', 1, 1, 'USD', now())
                """)
            #expect(
                try await fixture.differences(organization).map(\.part) == [.quarter, .day, .month])
            #expect(try await fixture.differences(other) == [])
        }
    }

    @Test func everyStatementFitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                CompareRollups.self, CompareRollupDays.self, CompareRollupMonths.self,
                SelectDayEntries.self,
                SelectNextRollupDay.self, MoveRollupCheck.self, UpsertRollupDifference.self,
                DeleteRollupDifference.self, DeleteRollupDifferencesBefore.self,
                ForgetRollupCheck.self, CountRollupDifferences.self, EnsureUsageMonthsAhead.self,
            ])
            #expect(faults == [])
        }
    }
}
