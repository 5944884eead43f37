import API
import Postgres
import TallyClient
import TestSupport
import Testing

/// Rule 7 through the whole server: what a client gives up costs the database nothing more.
@Suite struct CancelledStatementTests {
    /// The sessions of the server that wait for a lock.
    private func waiting(_ session: PostgresSession) async throws -> Set<String> {
        Set(
            try await session.texts(
                """
                SELECT pid::text FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """
            ).compactMap { $0.first ?? nil })
    }

    @Test(.rule(7)) func cancelReachesTheRunningStatement() async throws {
        try await ServerHarness.with { harness in
            let owner = harness.client(token: try await harness.organization("acme"))
            let locker = try await harness.database.session()
            try await locker.execute("BEGIN; LOCK TABLE members IN ACCESS EXCLUSIVE MODE")
            let call = Task {
                try await owner.call(
                    TenantServiceMethods.ListMembers.self, ListMembersRequest(),
                    options: CallOptions(timeout: .seconds(600)))
            }
            try await until { try await !waiting(locker).isEmpty }
            let sessions = try await waiting(locker)
            call.cancel()
            // The lock is still held, so that it waits for ever unless it is ended.
            try await until { try await waiting(locker).isDisjoint(with: sessions) }
            await #expect(throws: TallyError.self) { _ = try await call.value }
            try await locker.execute("ROLLBACK")
            await locker.close()
            await owner.close()
        }
    }
}
