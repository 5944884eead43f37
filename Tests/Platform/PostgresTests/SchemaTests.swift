import Foundation
import Postgres
import TestSupport
import Testing

/// The catalogue of a migrated database holds the rules that let the same migrations run on one
/// server and on a Citus cluster, where each would fail only later.
@Suite struct SchemaTests {
    /// Kinds of tables, as the migrations declare them.
    private static func declared(by function: String) throws -> Set<String> {
        var names: Set<String> = []
        for file in try MigrationFile.all(in: ProjectFolder.migrations) {
            for match in file.sql.matches(of: #/\nDROP TABLE ([a-z_]+);/#) {
                names.remove(String(match.1))
            }
            for match in file.sql.matches(of: #/tally\.([a-z]+)\('([a-z_]+)'/#)
            where match.1 == function {
                names.insert(String(match.2))
            }
        }
        return names
    }

    /// Tables and partitioned tables that are no partitions.
    private static let tables = """
        SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relowner
        FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace
        AND c.relkind IN ('r', 'p') AND NOT c.relispartition
        """

    private func rows(_ sql: String) async throws -> [[String]] {
        try await ScratchDatabase.with { database in
            let session = try await database.session()
            let rows = try await session.texts(sql).map { $0.map { $0 ?? "null" } }
            await session.close()
            return rows
        }
    }

    @Test func everyTableIsTenantSharedOrLocal() async throws {
        let tenant = try Self.declared(by: "distribute")
        let shared = try Self.declared(by: "replicate")
        let local: Set = [
            "schema_migrations", "jobs", "job_holds", "price_looks", "rollup_checks",
            "rollup_differences",
        ]
        let all = Set(try await rows("SELECT relname FROM (\(Self.tables)) AS t").map { $0[0] })
        #expect(all == tenant.union(shared).union(local))
        #expect(tenant.isDisjoint(with: shared))
        let withOrganization = Set(
            try await rows(
                """
                SELECT t.relname FROM (\(Self.tables)) AS t JOIN pg_attribute AS a
                ON a.attrelid = t.oid AND a.attname = 'org_id' AND NOT a.attisdropped
                """
            ).map { $0[0] })
        #expect(
            withOrganization.subtracting([
                "organization_slugs", "organization_states", "token_directory", "jobs",
                "price_looks", "rollup_checks", "rollup_differences",
                "destroyed_data_keys",
            ]) == tenant.subtracting(["organizations"]))
    }

    @Test func everyTenantTableIsIsolatedByTheSamePolicy() async throws {
        let tenant = try Self.declared(by: "distribute")
        #expect(try Self.declared(by: "isolate") == tenant)
        let policies = try await rows(
            """
            SELECT t.relname, t.relrowsecurity AND t.relforcerowsecurity,
                pg_get_expr(p.polqual, p.polrelid), p.polroles = '{0}', p.polwithcheck IS NULL
            FROM (\(Self.tables)) AS t JOIN pg_policy AS p ON p.polrelid = t.oid
            WHERE p.polcmd = '*' AND p.polroles = '{0}'
            ORDER BY 1
            """)
        #expect(Set(policies.map { $0[0] }) == tenant)
        for policy in policies {
            let key = policy[0] == "organizations" ? "id" : "org_id"
            #expect(
                policy == [
                    policy[0], "t",
                    "(\(key) = (NULLIF(current_setting('app.org_id'::text, true), ''::text))::uuid)",
                    "t", "t",
                ])
        }
    }

    @Test func keysOfTenantTablesHoldTheOrganization() async throws {
        let tenant = try Self.declared(by: "distribute")
        let keys = try await rows(
            """
            SELECT t.relname, i.indisprimary, a.attname
            FROM (\(Self.tables)) AS t JOIN pg_index AS i ON i.indrelid = t.oid AND i.indisunique
            JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
            """)
        for key in keys where tenant.contains(key[0]) {
            #expect(key[2] == (key[0] == "organizations" ? "id" : "org_id"), "\(key)")
        }
        #expect(Set(keys.filter { $0[1] == "t" }.map { $0[0] }).isSuperset(of: tenant))
    }

    @Test func foreignKeysStayWithinTheOrganizationOrPointToSharedTables() async throws {
        let tenant = try Self.declared(by: "distribute")
        let shared = try Self.declared(by: "replicate")
        let keys = try await rows(
            """
            SELECT t.relname, f.relname, a.attname, b.attname, k.confdeltype
            FROM (\(Self.tables)) AS t JOIN pg_constraint AS k
            ON k.conrelid = t.oid AND k.contype = 'f'
            JOIN pg_class AS f ON f.oid = k.confrelid
            JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = k.conkey[1]
            JOIN pg_attribute AS b ON b.attrelid = f.oid AND b.attnum = k.confkey[1]
            """)
        #expect(!keys.isEmpty)
        for key in keys {
            #expect(key[4] == "a", "\(key) changes rows by itself")
            if shared.contains(key[1]) { continue }
            #expect(tenant.contains(key[0]) && tenant.contains(key[1]), "\(key)")
            #expect(key[2] == "org_id", "\(key)")
            #expect(key[3] == (key[1] == "organizations" ? "id" : "org_id"), "\(key)")
        }
    }

    @Test func tenantTablesNumberNothingBySequence() async throws {
        let tenant = try Self.declared(by: "distribute")
        let found = try await rows(
            """
            SELECT t.relname FROM (\(Self.tables)) AS t JOIN pg_attribute AS a ON a.attrelid = t.oid
            LEFT JOIN pg_attrdef AS d ON d.adrelid = t.oid AND d.adnum = a.attnum
            WHERE a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%'
            """)
        #expect(tenant.isDisjoint(with: found.map { $0[0] }))
    }

    @Test func rolesOwnNothingAndBypassNothing() async throws {
        let roles = try await rows(
            """
            SELECT rolname, rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole
            FROM pg_roles WHERE rolname LIKE 'tally\\_%' AND NOT rolcanlogin ORDER BY 1
            """)
        #expect(
            roles == [
                ["tally_directory", "f"], ["tally_operator", "f"], ["tally_owner", "f"],
                ["tally_reader", "f"], ["tally_service", "f"], ["tally_worker", "f"],
            ])
        let owners = try await rows(
            """
            SELECT relname FROM (\(Self.tables)) AS t
            WHERE relowner <> 'tally_owner'::regrole ORDER BY 1
            """)
        #expect(owners == [["schema_migrations"]])
    }

    /// A partition has no policy of its own, so whoever may read one reads every organization.
    @Test func partitionsAreGrantedToNobody() async throws {
        let granted = try await rows(
            """
            SELECT relname, relacl::text FROM pg_class
            WHERE relispartition AND relkind IN ('r', 'p') AND relacl IS NOT NULL
            """)
        #expect(granted == [])
        let made = try await rows("SELECT count(*) > 0 FROM pg_class WHERE relispartition")
        #expect(made == [["t"]])
    }

    /// Workers delete with the whole organization only: `rowsAreErasedWithTheirOrganizationOnly`.
    @Test func ledgerAndAuditLogAreGrantedNoUpdateAndNoDelete() async throws {
        let granted = try await rows(
            """
            SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants
            WHERE table_name IN ('usage_entries', 'usage_event_blocks', 'allocation_rule_sets',
                'audit_log')
            AND grantee <> 'tally_owner' AND privilege_type NOT IN ('SELECT', 'INSERT')
            AND NOT (grantee = 'tally_worker' AND privilege_type = 'DELETE')
            """)
        #expect(granted == [])
    }

    @Test func everyTableHasItsOwnerInTheReadme() async throws {
        let readme = try String(
            contentsOfFile: ProjectFolder.migrations + "/README.md", encoding: .utf8)
        for row in try await rows("SELECT relname FROM (\(Self.tables)) AS t") {
            #expect(readme.contains("| `\(row[0])` |"), "\(row[0]) has no owner")
        }
    }

    @Test func everyMigrationSaysWhyAndWhatItLocks() throws {
        for file in try MigrationFile.all(in: ProjectFolder.migrations) {
            let head = file.sql.split(separator: "\n", omittingEmptySubsequences: false)
                .prefix { $0.hasPrefix("--") }.joined(separator: "\n")
            for word in ["Why:", "Locks:", "Time:"] {
                #expect(head.contains(word), "\(file.name) lacks \(word)")
            }
        }
    }
}
