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
        ]
    }

    private struct Company: Sendable {
        let id: OrganizationID
        let owner: Client
        let ownerToken: String
        /// Shown once, to the owner and to the frontend.
        let secrets: [String]
    }

    /// An organization with people, provider keys and changes of both, some by a frontend, some under
    /// an idempotency key.
    private func fill(_ slug: String, _ harness: ServerHarness) async throws -> Company {
        let planted = Self.planted(slug)
        let platform = harness.client(token: harness.operatorToken)
        let made = try await platform.call(
            TenantServiceMethods.CreateOrganization.self,
            CreateOrganizationRequest(
                slug: slug, displayName: slug, timeZone: "UTC", ownerEmail: planted[0]),
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
            CreateTokenRequest(displayName: "Portal", roles: [.frontend]))
        let portal = harness.client(token: frontend.secret)
        _ = try await portal.call(
            TenantServiceMethods.CreateBusinessUnit.self,
            CreateBusinessUnitRequest(
                code: "company", displayName: "Company",
                ownerEmail: "planted-unit@\(slug).example"),
            options: CallOptions(metadata: ["tally-on-behalf-of": planted[0].uppercased()]))
        await portal.close()
        return Company(
            id: try OrganizationID(made.organization?.id ?? ""), owner: owner,
            ownerToken: made.ownerToken,
            secrets: [made.ownerToken, frontend.secret].map { String($0.suffix(40)) })
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

    /// The whole database and the master key open nothing of an organization whose key is gone.
    @Test func nothingOfAnOrganizationOpensOnceItsKeyIsDestroyed() async throws {
        try await ServerHarness.with { harness in
            let gone = try await fill("gone", harness)
            let kept = try await fill("kept", harness)
            let pool = try await harness.database.keysPool()
            try await harness.dataKeys(pool).destroy(keysOf: gone.id)
            let all = try await sealedTexts(harness)
            #expect(all[gone.id]?.count ?? 0 > 12 && all[kept.id]?.count == all[gone.id]?.count)
            for (company, isReadable) in [(gone, false), (kept, true)] {
                let keys = try await harness.dataKeys(pool).keys(of: company.id)
                #expect(keys.areDestroyed != isReadable)
                for (place, sealed) in all[company.id] ?? [] {
                    let opened = try? keys.open(sealed, in: place)
                    #expect((opened != nil) == isReadable, "\(place)")
                }
            }
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

    /// Every sealed text of the main database, with what it belongs to.
    private func sealedTexts(
        _ harness: ServerHarness
    ) async throws -> [OrganizationID: [(Binding, [UInt8])]] {
        let session = try await harness.database.session()
        var found: [OrganizationID: [(Binding, [UInt8])]] = [:]
        for (purpose, sql) in [
            ("members.sealed_email", "SELECT org_id, id::text, sealed_email FROM members"),
            ("audit_log.sealed", "SELECT org_id, sequence::text, sealed FROM audit_log"),
            ("connection-key", "SELECT org_id, id::text, sealed_key FROM connections"),
            ("recorded-call", "SELECT org_id, key, sealed_answer FROM recorded_calls"),
        ] {
            for row in try await session.texts(
                "SELECT org_id, id, encode(sealed, 'hex') FROM (\(sql)) AS s (org_id, id, sealed)")
            {
                let digits = Array((row[2] ?? "").utf8)
                let sealed = stride(from: 0, to: digits.count, by: 2).compactMap { index in
                    UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)
                }
                guard let id = try? OrganizationID(row[0] ?? "") else { continue }
                found[id, default: []].append(
                    (Binding(purpose: purpose, [row[1] ?? ""]), sealed))
            }
        }
        await session.close()
        return found
    }
}
