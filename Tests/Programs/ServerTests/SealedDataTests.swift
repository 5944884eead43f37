import API
import Core
import Domain
import Encryption
import Postgres
import ServiceRuntime
import TallyClient
import TestSupport
import Testing

@testable import Server

/// What a thief of the main database, or of a backup of it, reads.
@Suite struct SealedDataTests {
    /// Planted by `fill`, recognizable whatever stands around them.
    private static func planted(_ slug: String) -> [String] {
        [
            "planted-owner@\(slug).example", "planted-member@\(slug).example",
            "planted-gone@\(slug).example", "sk-admin-planted-\(slug)-0001",
            "sk-admin-planted-\(slug)-0002", "planted-unit@\(slug).example",
            "planted-user@\(slug).example", "planted-sent@\(slug).example",
        ]
    }

    /// Those that still stand somewhere: a key that was replaced does not.
    private static func lasting(_ slug: String) -> [String] {
        planted(slug).filter { !$0.hasSuffix("-0001") }
    }

    private struct Company: Sendable {
        let id: OrganizationID
        let slug: String
        let owner: Client
        let ownerToken: String
        /// Shown once, to the owner and to the frontend.
        let secrets: [String]
    }

    private static func create(_ slug: String) -> CreateOrganizationRequest {
        CreateOrganizationRequest(
            slug: slug, displayName: slug, timeZone: "UTC", ownerEmail: planted(slug)[0])
    }

    /// An organization with people, provider keys and changes of both, some by a frontend, some under
    /// an idempotency key.
    private func fill(_ slug: String, _ harness: ServerHarness) async throws -> Company {
        let planted = Self.planted(slug)
        let platform = harness.client(token: harness.operatorToken)
        let made = try await platform.call(
            TenantServiceMethods.CreateOrganization.self,
            Self.create(slug),
            options: CallOptions(metadata: ["idempotency-key": "create-\(slug)"]))
        await platform.close()
        let owner = harness.client(token: made.ownerToken)
        _ = try await owner.call(
            TenantServiceMethods.CreateMember.self,
            CreateMemberRequest(email: planted[1], roles: [.finance]),
            options: CallOptions(metadata: ["idempotency-key": "member"]))
        let gone = try await owner.call(
            TenantServiceMethods.CreateMember.self,
            CreateMemberRequest(email: planted[2], roles: [.analyst]))
        _ = try await owner.call(
            TenantServiceMethods.RemoveMember.self, RemoveMemberRequest(id: gone.id))
        let connection = try await owner.call(
            ConnectionServiceMethods.CreateConnection.self,
            CreateConnectionRequest(provider: .openai, displayName: "OpenAI", apiKey: planted[3]))
        _ = try await owner.call(
            ConnectionServiceMethods.ReplaceConnectionKey.self,
            ReplaceConnectionKeyRequest(id: connection.id, apiKey: planted[4]))
        let frontend = try await owner.call(
            TenantServiceMethods.CreateToken.self,
            CreateTokenRequest(displayName: "Portal", roles: [.frontend]),
            options: CallOptions(metadata: ["idempotency-key": "token"]))
        let portal = harness.client(token: frontend.secret)
        _ = try await portal.call(
            TenantServiceMethods.CreateBusinessUnit.self,
            CreateBusinessUnitRequest(
                code: "company", displayName: "Company",
                ownerEmail: "planted-unit@\(slug).example"),
            options: CallOptions(metadata: ["tally-on-behalf-of": planted[0].uppercased()]))
        await portal.close()
        try await Self.ingest(planted, owner)
        return Company(
            id: try OrganizationID(made.organization?.id ?? ""), slug: slug, owner: owner,
            ownerToken: made.ownerToken,
            secrets: [made.ownerToken, frontend.secret].map { String($0.suffix(40)) })
    }

    /// Events of a user, and of one in whose place a rule puts another.
    private static func ingest(_ planted: [String], _ owner: Client) async throws {
        _ = try await owner.call(
            IngestionServiceMethods.SetAttributionRules.self,
            SetAttributionRulesRequest(rules: [
                AttributionRule(
                    name: "shared",
                    conditions: [
                        AttributionCondition(dimension: "user", prefixes: ["planted-sent"])
                    ], target: "user", value: .constant("everybody"), replace: true)
            ]))
        let events = planted.suffix(2).enumerated().map { number, user in
            Event(
                id: "e\(number)", source: "gateway", time: Timestamp(seconds: 1_793_800_000),
                provider: "openai", model: "gpt-4.1",
                quantities: [Quantity(quantityClass: "input", amount: 10)], user: user)
        }
        let recorded = try await owner.call(
            IngestionServiceMethods.IngestEvents.self, IngestEventsRequest(events: events))
        #expect(recorded.results.map(\.outcome) == [.accepted, .accepted])
    }

    /// Every row of every table, as text and with its bytes as text, all in lower case.
    private func everything(_ session: PostgresSession) async throws -> [String] {
        var rows: [String] = []
        let tables = try await session.texts(
            """
            SELECT c.relname FROM pg_class AS c
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
            """)
        for name in tables.compactMap({ $0[0] }) {
            rows += try await session.texts("SELECT lower(t::text) FROM \(name) AS t")
                .compactMap { $0[0] }
        }
        return rows
    }

    private func isShown(_ text: String, in rows: [String]) -> Bool {
        let plain = text.lowercased()
        let hexadecimal = [text, plain, text.uppercased()].map { text in
            text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        return rows.contains { row in
            row.contains(plain) || hexadecimal.contains(where: row.contains)
        }
    }

    @Test func neitherPeopleNorSecretsStandInTheMainDatabase() async throws {
        try await ServerHarness.with { harness in
            let company = try await fill("acme", harness)
            let session = try await harness.database.session()
            // The search finds what is there: a name that is no secret.
            let rows = try await everything(session)
            #expect(isShown("create-acme", in: rows) && isShown("company", in: rows))
            for text in Self.planted("acme") + company.secrets {
                #expect(!isShown(text, in: rows), "\(text) can be read")
            }
            await session.close()
            // Whoever may read it finds all of it.
            let members = try await company.owner.call(
                TenantServiceMethods.ListMembers.self, ListMembersRequest()
            ).members
            #expect(Set(members.map(\.email)) == Set(Self.planted("acme").prefix(2)))
            let log = try await log(of: company.owner)
            let texts = log.map { "\($0.onBehalfOf) \($0.beforeJson) \($0.afterJson)" }
            for text in Self.planted("acme").prefix(3) {
                #expect(texts.contains { $0.contains(text) }, "\(text) is not in the log")
            }
            await company.owner.close()
        }
    }

    /// The whole database and the master key open nothing of an organization whose key is gone, in
    /// whosever row it stands.
    @Test func nothingOfAnOrganizationOpensOnceItsKeyIsDestroyed() async throws {
        try await ServerHarness.with { harness in
            let gone = try await fill("gone", harness)
            let kept = try await fill("kept", harness)
            let (pool, mainPool) = (try await harness.database.keysPool(), harness.database.pool())
            let store = try harness.dataKeys(pool, mainPool)
            // Before, the search opens what is there: of either, the answer with its first token.
            let before = try await opened(harness, store)
            for company in [gone, kept] {
                for text in Self.lasting(company.slug) + company.secrets {
                    #expect(before.contains { $0.contains(text) }, "\(text) is nowhere")
                }
            }
            try await store.destroy(keysOf: gone.id)
            let after = try await opened(harness, try harness.dataKeys(pool, mainPool))
            // What people wrote of the other one, and nothing else of this one's.
            for text in Self.planted("gone") + gone.secrets {
                #expect(!after.contains { $0.contains(text) }, "\(text) can be read")
            }
            for text in Self.lasting("kept") + kept.secrets {
                #expect(after.contains { $0.contains(text) }, "\(text) is nowhere")
            }
            // Whoever repeats the call that made it is told so.
            let platform = harness.client(token: harness.operatorToken)
            let repeated = { (slug: String) in
                try await platform.call(
                    TenantServiceMethods.CreateOrganization.self, Self.create(slug),
                    options: CallOptions(metadata: ["idempotency-key": "create-\(slug)"]))
            }
            try await harness.withSecondServer { second in
                let operators = second.client(token: harness.operatorToken)
                let error = await #expect(throws: TallyError.self) {
                    _ = try await operators.call(
                        TenantServiceMethods.CreateOrganization.self, Self.create("gone"),
                        options: CallOptions(metadata: ["idempotency-key": "create-gone"]))
                }
                #expect(error?.reason == "DATA_KEY_DESTROYED")
                await operators.close()
            }
            #expect(try await repeated("kept").ownerToken == kept.ownerToken)
            await platform.close()
            // A server that asks for the key from now on says so, in words.
            try await harness.withSecondServer { second in
                let client = second.client(token: gone.ownerToken)
                let members = try await client.call(
                    TenantServiceMethods.ListMembers.self, ListMembersRequest()
                ).members
                #expect(members.map(\.email) == ["[destroyed]", "[destroyed]"])
                let log = try await log(of: client)
                #expect(log.count > 5)
                for row in log {
                    #expect(row.personalFields == .destroyed)
                    #expect(row.onBehalfOf + row.beforeJson + row.afterJson + row.peerAddress == "")
                }
                #expect(try Self.isWhole(log))
                let units = try await client.call(
                    TenantServiceMethods.ListBusinessUnits.self, ListBusinessUnitsRequest()
                ).businessUnits
                #expect(units.map(\.ownerEmail) == ["[destroyed]"])
                let error = await #expect(throws: TallyError.self) {
                    _ = try await client.call(
                        TenantServiceMethods.CreateMember.self,
                        CreateMemberRequest(email: "new@gone.example", roles: [.analyst]))
                }
                #expect(error?.reason == "DATA_KEY_DESTROYED")
                await client.close()
                let other = second.client(token: kept.ownerToken)
                let theirs = try await other.call(
                    TenantServiceMethods.ListMembers.self, ListMembersRequest()
                ).members
                #expect(Set(theirs.map(\.email)) == Set(Self.planted("kept").prefix(2)))
                await other.close()
            }
            await gone.owner.close()
            await kept.owner.close()
            await pool.shutdown()
            await mainPool.shutdown()
        }
    }

    private func log(of client: Client) async throws -> [API.AuditRecord] {
        try await client.serverStreaming(
            TenantServiceMethods.StreamAuditRecords.self, StreamAuditRecordsRequest()
        ) { records in
            var all: [API.AuditRecord] = []
            for try await record in records { all.append(record) }
            return all
        }
    }

    private static func isWhole(_ log: [API.AuditRecord]) throws -> Bool {
        var previous = Domain.AuditRecord.firstPreviousHash
        for record in log {
            let hash = try SHA256.digest(Domain.AuditRecord(wire: record).chainBytes)
            guard record.previousHash == previous, record.hash == hash else { return false }
            previous = hash
        }
        return true
    }

    /// Columns of bytes that are sealed, with what their texts are bound to.
    private static let sealed = [
        "members.sealed_email": ("members.sealed_email", "ARRAY[id::text]"),
        "audit_log.sealed": ("audit_log.sealed", "ARRAY[sequence::text]"),
        "connections.sealed_key": (
            "connection-key", "ARRAY[id::text, sealed_key_version::text]"
        ),
        "connections.sealed_account_name": (
            "connections.sealed_account_name", "ARRAY[id::text]"
        ),
        "dimension_sets.sealed_user": ("dimension_sets.sealed_user", "ARRAY[id::text]"),
        "provider_object_names.sealed_name": (
            "provider_objects.sealed_name", "ARRAY[connection_id::text, kind, id]"
        ),
        "provider_objects.sealed_name": (
            "provider_objects.sealed_name", "ARRAY[connection_id::text, kind, id]"
        ),
        "coding_activity.sealed_actor": (
            "coding_activity.sealed_actor", "ARRAY[connection_id::text, encode(row_key, 'hex')]"
        ),
        "business_unit_versions.sealed_owner_email": (
            "business_unit_versions.sealed_owner_email",
            "ARRAY[unit_code, (effective_from - date '1970-01-01')::text]"
        ),
        "recorded_calls.sealed_answer": (
            "recorded-call",
            """
            ARRAY[org_id::text, key, (SELECT string_agg(get_byte(request_hash, i)::text, '.'
                ORDER BY i) FROM generate_series(0, 31) AS i)]
            """
        ),
    ]
    /// Those that are hashes: under a key, of what is random, or of what is no secret.
    private static let hashes: Set = [
        "token_directory.keyed_hash", "installation.token_hash_check", "price_catalogues.checksum",
        "dimension_sets.hash",
        "dimension_sets.user_key",
        "recorded_calls.request_hash", "audit_log.previous_hash",
        "audit_log.hash", "audit_log.on_behalf_of_key", "audit_log.personal_hash",
        "audit_chains.last_hash", "audit_chains.seal", "members.email_key",
        "connections.key_index", "schema_migrations.checksum", "price_looks.overrides_hash",
        "coding_activity.row_key", "coding_activity.actor_key",
    ]

    /// What anybody reads who has the main database and all keys there are: each sealed text as every
    /// organization's keys, and the platform's, open it.
    private func opened(_ harness: ServerHarness, _ store: DataKeyStore) async throws -> [String] {
        let session = try await harness.database.session()
        let columns = try await session.texts(
            """
            SELECT c.relname || '.' || a.attname, c.relname, a.attname
            FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid
            WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
                AND NOT c.relispartition AND a.atttypid = 'bytea'::regtype AND NOT a.attisdropped
            """)
        let names = Set(columns.compactMap { $0[0] })
        // A column that comes later is sealed, or named here.
        #expect(names == Self.hashes.union(Self.sealed.keys))
        var owners: [OrganizationKeys] = [try await store.keys(of: AuditChainHead.platform)]
        for row in try await session.texts("SELECT id FROM organizations") {
            owners.append(try await store.keys(of: OrganizationID(row[0] ?? "")))
        }
        var texts: [String] = []
        for column in columns {
            guard let (purpose, place) = Self.sealed[column[0] ?? ""] else { continue }
            let (table, name) = (column[1] ?? "", column[2] ?? "")
            for row in try await session.texts(
                """
                SELECT encode(\(name), 'hex'), array_to_string(\(place), ' ') FROM \(table)
                WHERE octet_length(\(name)) > 0
                """)
            {
                let digits = Array((row[0] ?? "").utf8)
                let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { index in
                    UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)
                }
                let parts = (row[1] ?? "").split(separator: " ").map(String.init)
                let found = owners.compactMap { keys in
                    try? keys.open(bytes, in: Binding(purpose: purpose, parts))
                }
                texts += found.map { String(decoding: $0.reveal(), as: UTF8.self) }
            }
        }
        await session.close()
        return texts
    }
}
