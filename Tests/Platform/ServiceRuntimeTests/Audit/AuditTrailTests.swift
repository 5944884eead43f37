import API
import Core
import Domain
import Logging
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@Suite struct AuditTrailTests {
    /// Rows of the log as texts, in order.
    private func rows(_ columns: String, _ fixture: RuntimeFixture) async throws -> [[String]] {
        try await fixture.texts("SELECT \(columns) FROM audit_log ORDER BY recorded_at, id")
            .map { $0.map { $0 ?? "null" } }
    }

    @Test(.section(.metadataKeys)) func rowSaysWhoDidWhatFromWhere() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token(role: .admin)
            let id = token.split(separator: "_")[1]
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            try await fixture.call(
                RuntimeFixture.Create.name, token: token,
                metadata: [
                    "tally-on-behalf-of": "zoë", "traceparent": "00-\(trace)-00f067aa0ba902b7-01",
                ])
            let columns = "org_id, token_id, role, on_behalf_of, method, peer_address, trace_id"
            #expect(
                try await rows(columns, fixture) == [
                    [
                        fixture.organizationID.text, String(id), "2", "zoë",
                        RuntimeFixture.Create.name, "in-process", trace,
                    ]
                ])
            let times = try await rows("extract(epoch FROM recorded_at)::bigint", fixture)
            #expect(times == [["\(fixture.clock.now.seconds)"]])
        }
    }

    @Test func rowIsThereExactlyIfTheChangeIs() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let failing = fixture.router(create: { _, call in
                let statement = CountUp(organization: try call.organizationID)
                try await call.transaction {
                    try await $0.execute(statement)
                    throw ServiceError(.notFound, "FOR_THE_TEST", "after the effect")
                }
                return BusinessUnit()
            })
            await expect(.notFound, "FOR_THE_TEST") {
                try await fixture.call(RuntimeFixture.Create.name, token: token, router: failing)
            }
            #expect(try await rows("1", fixture).isEmpty)
            // Several transactions are one call; those that were lost leave nothing.
            let several = fixture.router(create: { request, call in
                for _ in 0..<3 { _ = try await RuntimeFixture.create(request, call) }
                return BusinessUnit()
            })
            try await fixture.call(RuntimeFixture.Create.name, token: token, router: several)
            #expect(try await fixture.effects() == 3)
            #expect(try await rows("1", fixture).count == 1)
        }
    }

    @Test func repeatedCallsLeaveOneRow() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            for _ in 0..<3 { try await fixture.create(key: "k", token: token) }
            #expect(try await rows("1", fixture).count == 1)
        }
    }

    @Test func readsAndSelfRecordedMethodsLeaveNone() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let router = fixture.router { _, call in
                // A method that is declared to read leaves no row, whatever it opens.
                try await call.transaction { _ in }
                return Organization()
            }
            try await fixture.call(token: token, router: router)
            try await fixture.call(RuntimeFixture.Ingest.name, token: token, router: router)
            #expect(try await fixture.effects() == 1)
            #expect(try await rows("1", fixture).isEmpty)
        }
    }

    @Test(arguments: ["tally_service", "tally_operator", "tally_worker", "tally_reader"])
    func nobodyMayChangeARow(role: String) async throws {
        try await RuntimeFixture.with { fixture in
            try await fixture.create(key: "k", token: try await fixture.token())
            let session = try await fixture.database.session()
            for statement in [
                "UPDATE audit_log SET method = 'x'", "DELETE FROM audit_log",
                "TRUNCATE audit_log",
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    try await session.execute(
                        """
                        BEGIN; SET LOCAL ROLE \(role);
                        SET LOCAL app.org_id = '\(fixture.organizationID)'; \(statement)
                        """)
                }
                #expect(error?.sqlState == .insufficientPrivilege, "\(role): \(statement)")
                try await session.execute("ROLLBACK")
            }
            await session.close()
            #expect(try await rows("1", fixture).count == 1)
        }
    }
}
