import Core
import Domain
import Postgres
import TestSupport
import Testing

@testable import Jobs

/// Jobs of organizations that are not served.
@Suite struct RestingJobTests {
    private struct Chore: JobArguments {
        static let kind = JobKind(rawValue: "chore")
        var key: String { "chore" }
    }

    @Test(arguments: ["is_suspended = true", "delete_after = now() + interval '30 days'"])
    func jobsRestWithTheirOrganizationAndGoOnAfterwards(state: String) async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            let queue = JobQueue(pool: pool, owner: "worker", role: "tally_worker")
            let organization = OrganizationID.make()
            let session = try await database.session()
            try await session.execute(
                "INSERT INTO organization_states (org_id) VALUES ('\(organization)')")
            let enqueue = TransactionOptions(
                role: "tally_service", organization: PostgresUUID(organization.uuid))
            try await pool.transaction(enqueue) {
                try await JobQueue.enqueue(Chore(), for: organization, in: $0)
            }
            let hold = { (lease: JobLease) in
                let options = TransactionOptions(role: "tally_worker")
                try await pool.transaction(options) { try await JobQueue.hold(lease, in: $0) }
            }
            let running = try #require(
                try await queue.claim([Chore.kind], limit: 1, lease: .seconds(60)).first)
            try await hold(running.lease)
            #expect(try await queue.counts([Chore.kind]).unsettled == 1)

            try await session.execute("UPDATE organization_states SET \(state)")
            // What runs can write nothing more, and nobody begins anew.
            await #expect(throws: ServiceError(.aborted, "JOB_LEASE_LOST", "")) {
                try await hold(running.lease)
            }
            #expect(try await !queue.renew(running.lease, for: .seconds(60)))
            try await session.execute("UPDATE jobs SET due_at = now()")
            #expect(try await queue.claim([Chore.kind], limit: 1, lease: .seconds(1)).isEmpty)
            #expect(try await queue.counts([Chore.kind]).unsettled == 0)

            try await session.execute(
                "UPDATE organization_states SET is_suspended = false, delete_after = NULL")
            let again = try await queue.claim([Chore.kind], limit: 1, lease: .seconds(60))
            #expect(again.map(\.id) == [running.id])
            await session.close()
            await pool.shutdown()
        }
    }
}
