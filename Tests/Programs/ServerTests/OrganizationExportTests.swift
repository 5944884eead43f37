import API
import Encryption
import Foundation
import Postgres
import TallyClient
import TestSupport
import Testing
import Wire

@testable import Server
@testable import TenantService

/// Everything of an organization, and nothing else, from a whole server.
@Suite struct OrganizationExportTests {
    private typealias Export = TenantServiceMethods.ExportOrganization

    /// Rows and ends as they came.
    private struct Received {
        var manifest = ExportManifest()
        var rows: [String: [String]] = [:]
        var ends: [ExportTableEnd] = []

        mutating func take(_ part: OrganizationExportPart) {
            switch part.part {
            case .manifest(let manifest): self.manifest = manifest
            case .rows(let part): rows[part.table, default: []] += part.rows
            case .tableEnd(let end): ends.append(end)
            case nil: Issue.record("a part without content")
            }
        }
    }

    private static func export(_ client: Client) async throws -> Received {
        try await client.serverStreaming(Export.self, ExportOrganizationRequest()) { parts in
            var received = Received()
            for try await part in parts { received.take(part) }
            return received
        }
    }

    @Test func anExportHoldsEveryRowOfTheOrganizationAndNoSecret() async throws {
        try await ServerHarness.with { harness in
            let platform = harness.client(token: harness.operatorToken)
            let theirs = try await IsolationBench.company("theirs", platform, harness)
            let ours = try await IsolationBench.company("ours", platform, harness)
            let session = try await harness.database.session()
            // More than one read of a table.
            try await session.execute(
                """
                INSERT INTO counters SELECT '\(ours.id)', 'name ' || n, n
                FROM generate_series(1, 3000) AS n
                """)
            let longest = String(repeating: "9", count: 38)
            try await session.execute(
                """
                INSERT INTO usage_rollups (org_id, bucket_start, dimension_set_id, kind, currency,
                    amount_picos, last_recorded_at)
                VALUES ('\(ours.id)', now(), 9007199254740993, 1, 'USD', \(longest), now())
                """)
            let received = try await Self.export(ours.owner)
            #expect(received.manifest.organization?.slug == "ours")
            let names = received.manifest.tables.map(\.name)
            #expect(received.ends.map(\.table) == names)
            // By the catalogue, so that a table that comes later is among them.
            let tenant = try await session.texts(
                """
                SELECT c.relname FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                    AND NOT c.relispartition AND a.attname = 'org_id'
                    AND c.relname NOT IN ('destroyed_data_keys', 'jobs', 'organization_slugs',
                        'organization_states', 'price_looks', 'rollup_checks',
                        'rollup_differences', 'token_directory')
                """
            ).compactMap { $0[0] }
            #expect(Set(names) == Set(tenant + ["organizations"]))
            for end in received.ends {
                let rows = received.rows[end.table] ?? []
                let key = end.table == "organizations" ? "id" : "org_id"
                let stored = try await session.texts(
                    "SELECT count(*) FROM \(end.table) WHERE \(key) = '\(ours.id)'")
                #expect(stored == [["\(rows.count)"]], "\(end.table)")
                #expect(end.rowCount == Int64(rows.count))
                let text = rows.map { $0 + "\n" }.joined()
                #expect(try end.sha256 == SHA256.digest(Array(text.utf8)), "\(end.table)")
                #expect(Set(rows).count == rows.count && !text.dropLast().contains("\n\n"))
            }
            let all = received.rows.values.joined().joined(separator: "\n")
            for mark in theirs.marks + ["sealed_key", "wrapped_key", "keyed_hash", "\"seal\""] {
                #expect(!all.contains(mark), "\(mark)")
            }
            for mark in ours.marks { #expect(all.contains(mark), "\(mark)") }
            // No reader of JSON rounds what is a text.
            let rollups = received.rows["usage_rollups"] ?? []
            #expect(
                rollups.contains {
                    $0.contains(#""amount_picos": "\#(longest)""#)
                        && $0.contains(#""dimension_set_id": "9007199254740993""#)
                })
            // What is sealed of people comes in clear: here, and in what the audit log says of them.
            let members = received.rows["members"] ?? []
            let listed = try await ours.owner.call(
                TenantServiceMethods.ListMembers.self, .init()
            ).members
            #expect(listed.count == members.count && !listed.isEmpty)
            for member in listed {
                #expect(members.contains { $0.contains(#""email": "\#(member.email)""#) })
            }
            let versions = received.rows["business_unit_versions"] ?? []
            #expect(versions.allSatisfy { $0.contains(#""owner_email": ""#) })
            let log = received.rows["audit_log"] ?? []
            #expect(log.allSatisfy { $0.contains(#""peer_address": "127.0.0.1""#) })
            #expect(log.contains { $0.contains(#""after_json": "{\"#) })
            for row in received.rows.values.joined() {
                let object = try JSONSerialization.jsonObject(with: Data(row.utf8))
                #expect(object is [String: Any])
            }
            await session.close()
            for client in [platform, ours.owner, theirs.owner] { await client.close() }
        }
    }

    /// A column that a migration adds is in no export until somebody has said what becomes of it.
    @Test func everyColumnIsKnown() async throws {
        // Sealed, and opened; or hashes that say nothing to who has not the text.
        let bytes: Set = [
            "audit_chains.last_hash", "audit_log.hash", "audit_log.on_behalf_of_key",
            "audit_log.personal_hash",
            "audit_log.previous_hash", "audit_log.sealed",
            "business_unit_versions.sealed_owner_email", "coding_activity.row_key",
            "coding_activity.sealed_actor", "connections.sealed_account_name",
            "dimension_sets.hash", "dimension_sets.sealed_user",
            "members.sealed_email", "provider_object_names.sealed_name",
            "provider_objects.sealed_name",
        ]
        try await ServerHarness.with { harness in
            let session = try await harness.database.session()
            let columns = try await session.texts(
                """
                SELECT c.relname || '.' || a.attname, a.atttypid = 'bytea'::regtype
                FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
                WHERE c.relnamespace = 'public'::regnamespace AND NOT a.attisdropped
                    AND c.relkind IN ('r', 'p') AND NOT c.relispartition
                    AND (c.relname = 'organizations' OR EXISTS (
                        SELECT FROM pg_attribute AS k
                        WHERE k.attrelid = c.oid AND k.attname = 'org_id'))
                    AND c.relname NOT IN ('destroyed_data_keys', 'jobs', 'organization_slugs',
                        'organization_states', 'price_looks', 'rollup_checks',
                        'rollup_differences', 'token_directory')
                """)
            let known = ExportedTable.all.flatMap { table in
                table.knownColumns.map { "\(table.name).\($0)" }
            }
            #expect(Set(columns.compactMap { $0[0] }) == Set(known))
            #expect(Set(known).count == known.count)
            let omitted = ExportedTable.all.flatMap { table in
                table.omittedColumns.map { "\(table.name).\($0)" }
            }
            let ofBytes = columns.filter { $0[1] == "t" }.compactMap { $0[0] }
            #expect(Set(ofBytes).subtracting(omitted) == bytes)
            await session.close()
        }
    }

    /// An export keeps old rows in the database: a second one waits for the first, and none stays for
    /// ever, whatever its reader does.
    @Test func exportsAreOneAtATimeAndEnd() async throws {
        try await ServerHarness.with(["TALLY_EXPORT_SECONDS_MAX": "10"]) { harness in
            let token = try await harness.organization("acme")
            let owner = harness.client(token: token)
            let session = try await harness.database.session()
            try await session.execute(
                """
                INSERT INTO allocation_rule_sets
                SELECT id, n, to_jsonb(repeat('x', 200000)), now()
                FROM organizations, generate_series(1, 60) AS n
                """)
            // Another server is no way around it.
            try await harness.withSecondServer { second in
                let other = second.client(token: token)
                let reason = await Self.reason {
                    try await owner.serverStreaming(
                        Export.self, ExportOrganizationRequest()
                    ) { parts in
                        for try await part in parts {
                            guard case .manifest? = part.part else { continue }
                            let reason = await Self.reason { _ = try await Self.export(other) }
                            #expect(reason == "EXPORT_UNDER_WAY")
                            // Longer than it may take; what is not read holds the writer up.
                            try await Task.sleep(for: .seconds(15))
                        }
                    }
                }
                #expect(reason == "EXPORT_TOO_LONG")
                // It has left nothing behind that keeps the next one out.
                let next = await Self.reason { _ = try await Self.export(other) }
                #expect(next == nil || next == "EXPORT_TOO_LONG")
                await other.close()
            }
            await session.close()
            await owner.close()
        }
    }

    private static func reason(_ call: () async throws -> Void) async -> String? {
        do {
            try await call()
            return nil
        } catch {
            return (error as? TallyError)?.reason ?? "\(error)"
        }
    }

    /// What is written while an export is under way is not in it: neither half of a change.
    @Test func anExportIsOfOneInstant() async throws {
        try await ServerHarness.with { harness in
            let owner = harness.client(token: try await harness.organization("acme"))
            let session = try await harness.database.session()
            try await session.execute(
                """
                INSERT INTO allocation_rule_sets
                SELECT id, n, to_jsonb(repeat('x', 200000)), now()
                FROM organizations, generate_series(1, 200) AS n
                """)
            let received = try await owner.serverStreaming(
                Export.self, ExportOrganizationRequest()
            ) { parts in
                var received = Received()
                for try await part in parts {
                    received.take(part)
                    guard case .manifest? = part.part else { continue }
                    // The reader holds the writer up; what it does now comes too late.
                    _ = try await owner.call(
                        TenantServiceMethods.CreateMember.self,
                        CreateMemberRequest(email: "late@acme.example", roles: [.analyst]))
                }
                return received
            }
            #expect(received.rows["allocation_rule_sets"]?.count == 200)
            #expect(received.rows["members"]?.count == 1)
            #expect(received.rows["audit_log"]?.count { $0.contains("CreateMember") } == 0)
            await session.close()
            await owner.close()
        }
    }
}
