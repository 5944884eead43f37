import API
import Core
import Domain
import Logging
import Postgres
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@Suite struct AuditTrailTests {
    /// Rows of the log as texts, in order.
    private func rows(_ columns: String, _ fixture: RuntimeFixture) async throws -> [[String]] {
        try await fixture.texts("SELECT \(columns) FROM audit_log ORDER BY org_id, sequence")
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
            let columns = "org_id, token_id, roles, method, trace_id"
            #expect(
                try await rows(columns, fixture) == [
                    [
                        fixture.organizationID.text, String(id), "admin",
                        RuntimeFixture.Create.name, trace,
                    ]
                ])
            let fields = try await fixture.auditFields()
            #expect(fields.map(\.onBehalfOf) == ["zoë"])
            #expect(fields.map(\.peerAddress) == ["in-process"])
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
                // Workers may delete rows, but of an organization that is being erased only.
                let isKept = role == "tally_worker" && error?.hint == "ORGANIZATION_IS_KEPT"
                #expect(
                    error?.sqlState == .insufficientPrivilege
                        || (isKept && statement.hasPrefix("DELETE")), "\(role): \(statement)")
                try await session.execute("ROLLBACK")
            }
            await session.close()
            #expect(try await rows("1", fixture).count == 1)
        }
    }

    /// Rows of the chain's end, and of the log, recomputed.
    private func faults(_ fixture: RuntimeFixture) async throws -> [String] {
        var faults: [String] = []
        var previous = "00" + String(repeating: "00", count: 31)
        let columns = "sequence, encode(previous_hash, 'hex'), encode(hash, 'hex')"
        for (index, row) in try await rows(columns, fixture).enumerated() {
            if row[0] != "\(index + 1)" { faults.append("row \(index + 1) is missing") }
            if row[1] != previous { faults.append("row \(row[0]) does not follow") }
            previous = row[2]
        }
        let end = try await fixture.texts("SELECT encode(last_hash, 'hex') FROM audit_chains")
        if end != [[previous]] { faults.append("the end is \(end)") }
        return faults
    }

    @Test func callsAtOnceMakeOneChain() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            try await withThrowingTaskGroup(of: Void.self) { calls in
                for _ in 0..<24 {
                    calls.addTask {
                        try await fixture.call(RuntimeFixture.Create.name, token: token)
                    }
                }
                try await calls.waitForAll()
            }
            #expect(try await rows("1", fixture).count == 24)
            #expect(try await faults(fixture) == [])
        }
    }

    /// What a transaction noted before it lost against another, and began again, did not happen.
    @Test func changesAreThoseOfTheTransactionThatWasCommitted() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let attempts = Mutex(0)
            let router = fixture.router(create: { _, call in
                for part in 0..<2 {
                    try await call.transaction { transaction in
                        let attempt = attempts.withLock { attempts in
                            attempts += 1
                            return attempts
                        }
                        try call.changed(.init("thing"), "\(part)-\(attempt)", to: "{}")
                        if attempt == 1 {
                            try await transaction.execute(Lose())
                        }
                    }
                }
                return BusinessUnit()
            })
            try await fixture.call(RuntimeFixture.Create.name, token: token, router: router)
            #expect(
                try await rows("object_type, object_id", fixture)
                    == [["thing", "0-2"], ["thing", "1-3"]])
            let fields = try await fixture.auditFields()
            #expect(fields.map { [$0.before, $0.after] } == [["", "{}"], ["", "{}"]])
            #expect(try await faults(fixture) == [])
        }
    }

    /// More than one statement writes: an import changes thousands of objects in a call.
    @Test func manyChangesOfOneCallMakeOneChain() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let text = String(repeating: "x", count: 3000)
            let router = fixture.router(create: { _, call in
                try await call.transaction { _ in
                    for number in 0..<2500 {
                        try call.changed(.init("thing"), "\(number)", to: text)
                    }
                }
                return BusinessUnit()
            })
            try await fixture.call(RuntimeFixture.Create.name, token: token, router: router)
            let ids = try await rows("object_id", fixture).map { $0[0] }
            #expect(ids == (0..<2500).map { "\($0)" })
            #expect(try await faults(fixture) == [])
        }
    }

    @Test func textTooLargeForARowIsNamed() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let router = fixture.router(create: { _, call in
                try await call.transaction { _ in
                    try call.changed(
                        .init("thing"), "1", to: String(repeating: "x", count: 256 * 1024 + 1))
                }
                return BusinessUnit()
            })
            try await fixture.call(RuntimeFixture.Create.name, token: token, router: router)
            let after = try #require(try await fixture.auditFields().first?.after)
            #expect(after.hasPrefix(#"{"byteCount":262145,"sha256":""#))
            #expect(after.utf8.count < 200)
        }
    }

    /// Who changes the end of the log without the key is found out, and no later call covers it up.
    @Test func brokenSealIsNeverMended() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            for _ in 0..<3 { try await fixture.call(RuntimeFixture.Create.name, token: token) }
            let sealed = try await fixture.texts("SELECT encode(seal, 'hex') FROM audit_chains")
            #expect(sealed != [[String(repeating: "0", count: 64)]])
            _ = try await fixture.texts(
                """
                UPDATE audit_chains AS c SET last_sequence = 2, last_hash = a.hash
                FROM audit_log AS a WHERE a.sequence = 2
                """)
            _ = try await fixture.texts(
                """
                ALTER TABLE audit_log DISABLE TRIGGER audit_log_is_append_only;
                """)
            _ = try await fixture.texts("DELETE FROM audit_log WHERE sequence = 3")
            for _ in 0..<2 { try await fixture.call(RuntimeFixture.Create.name, token: token) }
            #expect(try await faults(fixture) == [])
            let broken = [[String(repeating: "0", count: 64)]]
            let seal = "SELECT encode(seal, 'hex') FROM audit_chains"
            #expect(try await fixture.texts(seal) == broken)
        }
    }

    @Test func notEvenASuperuserChangesARowInPassing() async throws {
        try await RuntimeFixture.with { fixture in
            try await fixture.create(key: "k", token: try await fixture.token())
            for statement in [
                "UPDATE audit_log SET method = 'x'", "DELETE FROM audit_log",
                "TRUNCATE audit_log",
                "SET session_replication_role = replica; DELETE FROM audit_log",
            ] {
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await fixture.texts(statement)
                }
                #expect(error?.hint == "TABLE_IS_APPEND_ONLY")
            }
        }
    }
}

/// Loses against another transaction.
private struct Lose: PostgresStatement {
    typealias Row = Void
    static let sql = """
        DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = 'serialization_failure'; END $$
        """
}
