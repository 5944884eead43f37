import API
import Core
import Encryption
import Postgres
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import TenantService

@Suite struct OperatorTokensTests {
    private func tokens(_ platform: Platform) -> OperatorTokens {
        OperatorTokens(
            pool: platform.pool, keyedHash: platform.keyedHash, keys: platform.keys,
            machineUser: "alice@db1")
    }

    /// A further token, with its text.
    private func issue(
        _ platform: Platform, _ name: String = "Deputy", expireTime: Instant? = nil
    ) async throws -> (token: Token, text: String) {
        let kept = Mutex("")
        let token = try await tokens(platform).issue(
            displayName: name, expireTime: expireTime, now: platform.now
        ) { text in kept.withLock { $0 = text.reveal() } }
        return (token, kept.withLock { $0 })
    }

    private func id(of text: String) -> String {
        text.split(separator: "_").dropFirst().first.map(String.init) ?? ""
    }

    private func works(_ token: String, _ platform: Platform) async -> String {
        await reason {
            try await platform.call(
                TenantServiceMethods.ListOrganizations.self, .init(), as: token)
        }
    }

    @Test func anOperatorsTokenIsIssuedListedAndRevoked() async throws {
        try await Platform.with { platform, first in
            let end = platform.now.advanced(bySeconds: 3600)
            platform.advance(seconds: 60)
            let (deputy, text) = try await issue(platform, expireTime: end)
            #expect(id(of: text) == deputy.id)
            #expect(await works(text, platform) == "")
            let owner = try await platform.organization("a", by: text).ownerToken

            platform.advance(seconds: 60)
            let revoked = try await tokens(platform).revoke(id(of: first), now: platform.now)
            #expect(revoked.revokeTime == Timestamp(platform.now))
            // Again, it stays as it is.
            platform.advance(seconds: 60)
            let again = try await tokens(platform).revoke(id(of: first), now: platform.now)
            #expect(again == revoked)
            platform.restart()
            #expect(await works(first, platform) == "TOKEN_REVOKED authorization")
            #expect(await works(text, platform) == "")

            let listed = try await OperatorTokens.list(platform.pool)
            #expect(listed.map(\.displayName) == ["Deputy", "First operator"])
            #expect(listed.map(\.expireTime) == [Timestamp(end), nil])
            #expect(listed.map(\.revokeTime) == [nil, revoked.revokeTime])
            #expect(listed.allSatisfy { $0.id != id(of: owner) })
            let audited = try await platform.call(
                TenantServiceMethods.ListAuditRecords.self, .init(), as: text
            ).records.filter { $0.method.hasPrefix("tally-server/") }
            #expect(
                audited.map(\.method) == [
                    "tally-server/operator-token-revoke", "tally-server/operator-token-issue",
                    "tally-server/migrate",
                ])
            #expect(audited.map(\.objectID) == [id(of: first), deputy.id, id(of: first)])
            #expect(audited.allSatisfy { $0.peerAddress == "local" })
            #expect(audited.allSatisfy { !$0.afterJson.contains(text.suffix(52)) })

            platform.advance(seconds: 3600)
            #expect(await works(text, platform) == "TOKEN_EXPIRED authorization")
        }
    }

    @Test func theLastValidOperatorTokenStays() async throws {
        try await Platform.with { platform, first in
            let revoke = { (text: String) in
                await reason {
                    try await tokens(platform).revoke(id(of: text), now: platform.now)
                }
            }
            #expect(await revoke(first) == "LAST_OPERATOR_TOKEN id")
            let soon = platform.now.advanced(bySeconds: 60)
            let (_, brief) = try await issue(platform, "Brief", expireTime: soon)
            platform.advance(seconds: 60)
            // The other one has expired by now; it is revoked all the same, as a server's clock may be behind.
            #expect(await revoke(first) == "LAST_OPERATOR_TOKEN id")
            #expect(await revoke(brief) == "")
            let listed = try await OperatorTokens.list(platform.pool)
            #expect(listed.map { $0.revokeTime == nil } == [true, false])
            let (_, second) = try await issue(platform)
            #expect(await revoke(first) == "")
            #expect(await revoke(second) == "LAST_OPERATOR_TOKEN id")
            #expect(await works(second, platform) == "")
        }
    }

    /// It leaked, say: nothing is valid then, no migration hands out another, and `issue` goes on.
    @Test func evenTheLastOperatorTokenIsRevokedWhereThatIsAsked() async throws {
        try await Platform.with { platform, first in
            let revoked = try await tokens(platform).revoke(
                id(of: first), evenTheLast: true, now: platform.now)
            #expect(revoked.revokeTime == Timestamp(platform.now))
            platform.restart()
            #expect(await works(first, platform) == "TOKEN_REVOKED authorization")
            let made = try await tokens(platform).firstToken(now: platform.now)
            #expect(made == nil)
            let (_, next) = try await issue(platform)
            #expect(await works(next, platform) == "")
        }
    }

    @Test func theOperatorsLogSaysWhoRanACommand() async throws {
        try await Platform.with { platform, first in
            let (deputy, _) = try await issue(platform)
            _ = try await tokens(platform).revoke(deputy.id, now: platform.now)
            let audited = try await platform.call(
                TenantServiceMethods.ListAuditRecords.self, .init(), as: first
            ).records
            let methods = [
                "tally-server/operator-token-revoke", "tally-server/operator-token-issue",
            ]
            #expect(audited.prefix(2).map(\.method) == methods)
            #expect(audited.prefix(2).allSatisfy { $0.peerSubject == "alice@db1" })
            #expect(audited.allSatisfy { $0.peerAddress == "local" })
        }
    }

    /// What it would make nobody would accept, and what it would write nobody could seal again.
    @Test func anotherKeyMakesAndEndsNoOperatorToken() async throws {
        try await Platform.with { platform, first in
            let (deputy, text) = try await issue(platform)
            let others = OperatorTokens(
                pool: platform.pool, keyedHash: KeyedHash(key: try SecretKey.random()),
                keys: platform.keys)
            let mismatch = "TOKEN_HASH_KEY_MISMATCH TALLY_TOKEN_HASH_KEY_FILE"
            let keep: @Sendable (Secret<String>) throws -> Void = { _ in
                Issue.record("a token was made")
            }
            let before = try await written(platform)
            let issued = await reason {
                try await others.issue(
                    displayName: "Lost", expireTime: nil, now: platform.now, keep: keep)
            }
            #expect(issued == mismatch)
            let revoked = await reason {
                try await others.revoke(deputy.id, evenTheLast: true, now: platform.now)
            }
            #expect(revoked == mismatch)
            #expect(try await written(platform) == before)
            platform.restart()
            #expect(await works(text, platform) == "")
            let head = try await platform.call(
                TenantServiceMethods.GetAuditHead.self, .init(), as: first)
            #expect(head.sealed)

            // Nor a first one, where none is left.
            let session = try await platform.database.session()
            try await session.execute(
                "SET session_replication_role = replica; DELETE FROM token_directory")
            await session.close()
            let made = await reason { try await others.firstToken(now: platform.now, keep: keep) }
            #expect(made == mismatch)
            #expect(try await OperatorTokens.list(platform.pool).isEmpty)
        }
    }

    /// What operators' commands could change.
    private func written(_ platform: Platform) async throws -> [[String?]] {
        let session = try await platform.database.session()
        let rows = try await session.texts(
            """
            SELECT id || coalesce(revoked_at::text, '') FROM token_directory
            UNION ALL SELECT sequence::text FROM audit_log
            UNION ALL SELECT seal::text FROM audit_chains
            ORDER BY 1
            """)
        await session.close()
        return rows
    }

    /// Both are under way before either has an end: what they write in the audit log holds them up.
    @Test func ofOperatorTokensRevokedTogetherOneStays() async throws {
        try await Platform.with { platform, first in
            let (second, _) = try await issue(platform)
            let session = try await platform.database.session()
            try await session.execute("BEGIN; LOCK TABLE audit_chains IN EXCLUSIVE MODE")
            async let reasons = withTaskGroup(of: String.self) { group in
                for id in [id(of: first), second.id] {
                    group.addTask {
                        await reason {
                            try await tokens(platform).revoke(id, now: platform.now)
                        }
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }
            }
            let observer = try await platform.database.session()
            let waiting = """
                SELECT 1 FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """
            try await until { try await observer.texts(waiting).count == 2 }
            await observer.close()
            try await session.execute("COMMIT")
            await session.close()
            #expect(await reasons.sorted() == ["", "LAST_OPERATOR_TOKEN id"])
            let listed = try await OperatorTokens.list(platform.pool)
            #expect(listed.count { $0.revokeTime == nil } == 1)
        }
    }

    @Test func anOperatorTokenThatNobodyHasDoesNotExist() async throws {
        struct DiskFull: Error {}
        try await Platform.with { platform, _ in
            await #expect(throws: DiskFull.self) {
                _ = try await tokens(platform).issue(
                    displayName: "Deputy", expireTime: nil, now: platform.now
                ) { _ in throw DiskFull() }
            }
            let listed = try await OperatorTokens.list(platform.pool)
            #expect(listed.count == 1)
        }
    }

    @Test func whatCannotBeIsRefusedAndChangesNothing() async throws {
        try await Platform.with { platform, first in
            _ = try await issue(platform)
            let faulty: [(String, Instant?, String)] = [
                ("", nil, "DISPLAY_NAME_REQUIRED display_name"),
                ("a\u{202E}b", nil, "DISPLAY_NAME_HAS_INVISIBLE_CHARACTERS display_name"),
                ("Late", platform.now, "EXPIRE_TIME_NOT_IN_FUTURE expire_time"),
            ]
            for (name, end, expected) in faulty {
                let found = await reason { try await issue(platform, name, expireTime: end) }
                #expect(found == expected)
            }
            let owner = try await platform.organization("a", by: first).ownerToken
            for (id, expected) in [
                ("x", "TOKEN_ID_MALFORMED id"), ("aaaaaaaaaaaaaaaa", "TOKEN_NOT_FOUND id"),
                // An organization's are its own.
                (id(of: owner), "TOKEN_NOT_FOUND id"),
            ] {
                let found = await reason {
                    try await tokens(platform).revoke(id, now: platform.now)
                }
                #expect(found == expected)
            }
            let byOwner = await reason {
                try await platform.call(
                    TenantServiceMethods.GetOrganization.self, .init(), as: owner)
            }
            #expect(byOwner == "")
            #expect(try await OperatorTokens.list(platform.pool).count == 2)
        }
    }

    /// The operators' audit log begins with the first token.
    @Test func noOperatorTokenComesBeforeTheFirst() async throws {
        try await ScratchDatabase.with { database in
            let pool = database.pool()
            let keysPool = try await database.keysPool()
            let tokens = OperatorTokens(
                pool: pool, keyedHash: KeyedHash(key: try SecretKey.random()),
                keys: DataKeyStore(
                    pool: keysPool, mainPool: pool, role: "tally_operator",
                    cipher: EnvelopeCipher(current: try MasterKey(SecretKey.random()))))
            let found = await reason {
                try await tokens.issue(
                    displayName: "Deputy", expireTime: nil, now: Instant(seconds: 1_790_000_000)
                ) { _ in Issue.record("a token was made") }
            }
            #expect(found == "OPERATOR_TOKEN_MISSING")
            await pool.shutdown()
            await keysPool.shutdown()
        }
    }
}
