import API
import Postgres
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Ledger
@testable import Server

/// What a server looks at, before it takes events, once a plan has refused some: no request of the schema alone
/// comes to it.
extension IsolationBench {
    /// What became of one event of ours.
    struct PlanLook {
        let outcome: Outcome
        /// That it was answered with.
        let statements: Set<String>

        var isRefusedByPlan: Bool {
            if case .refusal(_, "EVENTS_PER_DAY_EXCEEDED", _, _) = outcome { true } else { false }
        }

        /// Whether the ledger's writer, which looks at the plan itself, was asked.
        var hasWritten: Bool {
            !statements.isDisjoint(with: [LockLedgerClock.sql, LockFreeLedgerClock.sql])
        }
    }

    /// Asks for more at once than our plan has left, and then for what it has room for, while the other
    /// organization's plan is used up. Both have plans as before then.
    func lookAtPlan() async throws -> PlanLook {
        let brought = "(SELECT event_day_count FROM ledger_clocks WHERE org_id = organizations.id)"
        try await setPlans(theirs: brought, ours: "\(brought) + 5")
        let refused = PlanLook(outcome: try await ingest(0..<10), statements: [])
        #expect(refused.isRefusedByPlan, "\(refused.outcome)")
        _ = work.take()
        let outcome = try await ingest(0..<1)
        let look = PlanLook(outcome: outcome, statements: Set(work.take().map(\.sql)))
        // Else it says nothing of the look.
        #expect(look.statements.contains(SelectLedgerEventCount.sql))
        try await setPlans(theirs: "NULL", ours: "NULL")
        return look
    }

    private func setPlans(theirs: String, ours: String) async throws {
        let session = try await harness.database.session()
        for (company, limit) in [(self.theirs, theirs), (self.ours, ours)] {
            try await session.execute(
                "UPDATE organizations SET events_per_day_max = \(limit) WHERE id = '\(company.id)'")
        }
        // Theirs first, so that a statement without walls finds it: what is updated often lies anywhere, and ids of
        // one instant are in no order.
        for (table, id) in [("organizations", "id"), ("ledger_clocks", "org_id")] {
            try await session.execute(
                """
                CREATE INDEX theirs_first ON \(table) ((\(id) <> '\(self.theirs.id)'::uuid));
                CLUSTER \(table) USING theirs_first;
                DROP INDEX theirs_first;
                """)
        }
        await session.close()
    }

    /// Events that nobody has, by a token without a quota.
    private func ingest(_ numbers: Range<Int>) async throws -> Outcome {
        let events = numbers.map { number in
            Event(
                id: "beyond-plan-\(number)", source: "gateway",
                time: Timestamp(seconds: 1_793_400_000), provider: "openai", model: "gpt-4.1",
                quantities: [Quantity(quantityClass: "input", amount: 1)])
        }
        let method = try schema.method(named: IngestionServiceMethods.IngestEvents.name)
        return try await call(
            method, IngestEventsRequest(events: events).serialized(), by: ours.owner)
    }
}
