import Core
import Domain
import Logging
import Postgres
import ServiceLifecycle
import ServiceRuntime
import TestSupport
import Testing

@Suite struct TokenUsesTests {
    private static let time = Instant(seconds: 1_800_000_000)

    private func lastUse(_ fixture: RuntimeFixture) async throws -> [[String?]] {
        try await fixture.texts(
            "SELECT id, extract(epoch FROM last_used_at)::text FROM tokens ORDER BY id")
    }

    /// Two tokens of the organization and one of another.
    private func with(
        _ body: (RuntimeFixture, TokenUses, _ other: OrganizationID) async throws -> Void
    ) async throws {
        try await RuntimeFixture.with { fixture in
            let other = OrganizationID.make()
            let session = try await fixture.database.session()
            try await session.execute(
                """
                INSERT INTO organizations VALUES ('\(other)', 'second', 'Second', 'UTC', 'USD', now());
                INSERT INTO tokens (org_id, id, display_name, roles, created_at) VALUES
                    ('\(fixture.organizationID)', 'aaaaaaaaaaaaaaaa', 'A', 2, now()),
                    ('\(fixture.organizationID)', 'bbbbbbbbbbbbbbbb', 'B', 2, now()),
                    ('\(other)', 'cccccccccccccccc', 'C', 2, now());
                """)
            await session.close()
            let uses = TokenUses(
                pool: fixture.pool, interval: .seconds(3600), logger: Logger(label: "test"))
            try await body(fixture, uses, other)
        }
    }

    @Test func usesAreWrittenForEachOrganization() async throws {
        try await with { fixture, uses, other in
            uses.note("aaaaaaaaaaaaaaaa", of: fixture.organizationID, at: Self.time)
            let later = Self.time.advanced(byMicroseconds: 1_500_000)
            uses.note("aaaaaaaaaaaaaaaa", of: fixture.organizationID, at: later)
            uses.note("cccccccccccccccc", of: other, at: Self.time)
            // One that there is no row of, and one of another organization.
            uses.note("dddddddddddddddd", of: other, at: Self.time)
            uses.note("bbbbbbbbbbbbbbbb", of: other, at: Self.time)
            await uses.write()
            let first = try await lastUse(fixture)
            #expect(
                first == [
                    ["aaaaaaaaaaaaaaaa", "1800000001.500000"], ["bbbbbbbbbbbbbbbb", nil],
                    ["cccccccccccccccc", "1800000000.000000"],
                ])
            // What another server wrote later stays.
            uses.note("aaaaaaaaaaaaaaaa", of: fixture.organizationID, at: Self.time)
            await uses.write()
            let second = try await lastUse(fixture)
            #expect(second[0][1] == "1800000001.500000")
        }
    }

    @Test func whatCouldNotBeWrittenWaits() async throws {
        try await with { fixture, uses, _ in
            uses.note("aaaaaaaaaaaaaaaa", of: fixture.organizationID, at: Self.time)
            let session = try await fixture.database.session()
            try await session.execute("REVOKE UPDATE (last_used_at) ON tokens FROM tally_service")
            await uses.write()
            try await session.execute("GRANT UPDATE (last_used_at) ON tokens TO tally_service")
            await session.close()
            #expect(try await lastUse(fixture)[0][1] == nil)
            await uses.write()
            #expect(try await lastUse(fixture)[0][1] == "1800000000.000000")
        }
    }

    @Test func whatIsLeftIsWrittenAtTheEnd() async throws {
        try await with { fixture, uses, _ in
            uses.note("aaaaaaaaaaaaaaaa", of: fixture.organizationID, at: Self.time)
            let group = ServiceGroup(
                configuration: .init(
                    services: [.init(service: uses)], logger: Logger(label: "test")))
            async let ran: Void = group.run()
            await group.triggerGracefulShutdown()
            try await ran
            #expect(try await lastUse(fixture)[0][1] == "1800000000.000000")
        }
    }

    /// Every call with a token notes its use.
    @Test func callsAreUses() async throws {
        try await with { fixture, uses, _ in
            let token = try await fixture.token()
            let id = String(token.split(separator: "_")[1])
            let session = try await fixture.database.session()
            try await session.execute(
                """
                INSERT INTO tokens (org_id, id, display_name, roles, created_at) VALUES
                    ('\(fixture.organizationID)', '\(id)', 'T', 2, now())
                """)
            await session.close()
            try await fixture.call(token: token, router: fixture.router(uses: uses))
            await uses.write()
            let found = try await lastUse(fixture).first { $0[0] == id }
            #expect(found?[1] == "\(fixture.clock.now.seconds).000000")
        }
    }

    /// They belong to no organization, and stand in the directory.
    @Test func usesByOperatorsAreWrittenInTheDirectory() async throws {
        try await with { fixture, uses, _ in
            let text = try await fixture.token(role: .operator)
            let id = String(text.split(separator: "_")[1])
            let others = try await fixture.token()
            let found = {
                try await fixture.texts(
                    """
                    SELECT id, extract(epoch FROM last_used_at)::text FROM token_directory
                    WHERE last_used_at IS NOT NULL
                    """)
            }
            try await fixture.call(token: text, router: fixture.router(uses: uses))
            try await fixture.call(token: others, router: fixture.router(uses: uses))
            await uses.write()
            #expect(try await found() == [[id, "\(fixture.clock.now.seconds).000000"]])
            // What another server wrote later stays.
            uses.note(id, of: nil, at: Instant(seconds: 1))
            await uses.write()
            #expect(try await found() == [[id, "\(fixture.clock.now.seconds).000000"]])
        }
    }
}
