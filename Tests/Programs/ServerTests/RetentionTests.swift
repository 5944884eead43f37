import API
import Core
import Domain
import Postgres
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server

/// What a server makes of how long an organization wants its usage kept.
@Suite struct RetentionTests {
    private static func update(
        _ client: Client, _ months: Int32
    ) async throws -> Organization {
        try await client.call(
            TenantServiceMethods.UpdateOrganization.self,
            UpdateOrganizationRequest(
                retentionMonths: months, updateMask: ["retention_months"]))
    }

    /// Events of months that are not kept are refused, those of the others are not.
    @Test func olderEventsAreRefused() async throws {
        try await ServerHarness.with { harness in
            let token = try await harness.organization("acme")
            let now = try Instant(rfc3339: ServerHarness.now)
            let edge = UsageRetention(months: 13).keptFrom(at: now)
            #expect(edge == (try Instant(rfc3339: "2025-09-30T10:00:00Z")))
            let owner = harness.client(token: token)
            let made = try await Self.update(owner, 13)
            #expect(made.retentionMonths == 13 && made.usageRemovedBeforeTime == nil)
            await owner.close()
            // It asks for the token anew.
            try await harness.withSecondServer { second in
                let client = second.client(token: token)
                let times = [Instant(microseconds: edge.microseconds - 1), edge, now]
                let answer = try await client.call(
                    IngestionServiceMethods.IngestEvents.self,
                    IngestEventsRequest(
                        events: times.enumerated().map { index, time in
                            Event(
                                id: "e\(index)", source: "test", time: Timestamp(time),
                                provider: "openai", model: "gpt-5")
                        }))
                #expect(answer.results.map(\.outcome) == [.rejected, .accepted, .accepted])
                #expect(answer.results[0].reason == "EVENT_TOO_OLD")
                #expect(answer.results[0].field == "events[0].time")
                await client.close()
            }
        }
    }

    /// A shorter time counts a week after it was asked for, a longer one at once.
    @Test func aShorterTimeCountsAWeekLater() async throws {
        try await ServerHarness.with { harness in
            let owner = harness.client(token: try await harness.organization("acme"))
            let state = {
                let session = try await harness.database.session()
                let rows = try await session.texts(
                    """
                    SELECT retention_months,
                        round(extract(epoch FROM retention_begins_at - now()) / 86400)
                    FROM organization_states
                    """)
                await session.close()
                return rows.map { $0.map { $0 ?? "null" } }
            }
            let begin = { (days: Int) in
                let session = try await harness.database.session()
                try await session.execute(
                    """
                    UPDATE organization_states
                    SET retention_begins_at = now() + \(days) * interval '1 day'
                    """)
                await session.close()
            }
            _ = try await Self.update(owner, 24)
            #expect(try await state() == [["24", "7"]])
            try await begin(-2)
            _ = try await Self.update(owner, 36)
            #expect(try await state() == [["36", "-2"]])
            _ = try await Self.update(owner, 35)
            #expect(try await state() == [["35", "7"]])
            try await begin(3)
            _ = try await Self.update(owner, 35)
            #expect(try await state() == [["35", "3"]])
            let none = try await Self.update(owner, 0)
            #expect(none.retentionMonths == 0)
            #expect(try await state() == [["null", "null"]])
            _ = try await Self.update(owner, 13)
            #expect(try await state() == [["13", "7"]])
            await owner.close()
        }
    }
}
