import API
import Core
import Domain
import Logging
import Postgres
import RPC
import ServiceRuntime
import TestSupport
import Testing

@Suite struct AuthenticationTests {
    @Test func validTokenNamesItsOrganization() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let answer = try await fixture.call(token: token)
            #expect(answer.id == fixture.organizationID.text)
            #expect(token.hasPrefix("tly_\(answer.slug)_"))
        }
    }

    @Test func callWithoutATokenIsRefused() async throws {
        try await RuntimeFixture.with { fixture in
            await expect(.unauthenticated, "TOKEN_MISSING") { try await fixture.call() }
        }
    }

    @Test func wrongTokensLookAlike() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let other = try await fixture.token()
            let parts = token.split(separator: "_")
            let crossed = "tly_\(parts[1])_\(other.split(separator: "_")[2])"
            let unknown = try TokenText().text.reveal()
            let wrong = [
                crossed, unknown, "", "x", "tly__", "tly_\(parts[1])_", token + "a", token + "_",
                token.uppercased(), "'; DROP TABLE tokens; --", "tly_\(parts[1])_\(parts[2])\u{0}",
            ]
            var messages: Set<String> = []
            for text in wrong {
                let error = await #expect(throws: ServiceError.self) {
                    try await fixture.call(token: text)
                }
                #expect(error?.reason == "TOKEN_INVALID", "\(text)")
                if let error { messages.insert(error.message) }
            }
            #expect(messages.count == 1)
            await expect(.unauthenticated, "TOKEN_INVALID") {
                try await fixture.call(metadata: ["authorization": "Basic \(token)"])
            }
        }
    }

    @Test func endedTokensSayWhy() async throws {
        try await RuntimeFixture.with { fixture in
            let revoked = try await fixture.token(revoked: true)
            await expect(.unauthenticated, "TOKEN_REVOKED") {
                try await fixture.call(token: revoked)
            }
            let now = fixture.clock.now
            let expired = try await fixture.token(expires: now)
            await expect(.unauthenticated, "TOKEN_EXPIRED") {
                try await fixture.call(token: expired)
            }
            let valid = try await fixture.token(expires: now.advanced(bySeconds: 1))
            try await fixture.call(token: valid)
        }
    }

    /// An operator has no owner to ask.
    @Test func endedTokensOfOperatorsSayHowToGetAnother() async throws {
        try await RuntimeFixture.with { fixture in
            let ended = [
                try await fixture.token(role: .operator, revoked: true),
                try await fixture.token(role: .operator, expires: fixture.clock.now),
            ]
            for token in ended {
                let error = await #expect(throws: ServiceError.self) {
                    try await fixture.call(token: token)
                }
                #expect(error?.message.contains("tally-server operator-token issue") == true)
            }
        }
    }

    @Test func revocationTakesEffectWithinASecond() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            try await fixture.call(token: token)
            let session = try await fixture.database.session()
            try await session.execute("UPDATE token_directory SET revoked_at = now()")
            await session.close()
            let revoked = ContinuousClock.now
            var wasRefused = false
            while !wasRefused, ContinuousClock.now - revoked < .seconds(20) {
                let asked = ContinuousClock.now
                do {
                    try await fixture.call(token: token)
                    // A call that began a second after the revocation may not pass.
                    #expect(asked - revoked <= .seconds(1))
                } catch let error as ServiceError {
                    #expect(error.reason == "TOKEN_REVOKED")
                    wasRefused = true
                }
            }
            #expect(wasRefused)
        }
    }

    @Test(.section(.metadataKeys)) func anotherOrganizationIsNotFound() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            for named in [fixture.organizationID.text, "acme"] {
                try await fixture.call(token: token, metadata: ["tally-org": named])
            }
            for named in ["other", "nobody", OrganizationID.make().text, "*", "acm", "ACME"] {
                await expect(.notFound, "ORGANIZATION_NOT_FOUND") {
                    try await fixture.call(token: token, metadata: ["tally-org": named])
                }
            }
            let operatorToken = try await fixture.token(role: .operator)
            await expect(.notFound, "ORGANIZATION_NOT_FOUND") {
                try await fixture.call(token: operatorToken, metadata: ["tally-org": "acme"])
            }
        }
    }

    @Test(.section(.metadataKeys)) func personActedForIsPlainText() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let answer = try await fixture.call(
                token: token, metadata: ["tally-on-behalf-of": "zoë@example.com"])
            #expect(answer.displayName == "zoë@example.com")
            for bad in ["a\nb", "\u{202E}x", String(repeating: "x", count: 257)] {
                await expect(.invalidArgument, "METADATA_INVALID") {
                    try await fixture.call(token: token, metadata: ["tally-on-behalf-of": bad])
                }
            }
        }
    }

    /// Rule 13: metadata, token, method, permission, request.
    @Test(.rule(13)) func checksRunInTheirOrder() async throws {
        try await RuntimeFixture.with { fixture in
            let analyst = try await fixture.token(role: .analyst)
            let broken: [UInt8] = [0xFF]
            await expect(.unauthenticated, "TOKEN_MISSING") {
                try await fixture.call("tally.v1.Nothing/Here")
            }
            await expect(.unimplemented, "METHOD_UNKNOWN") {
                try await fixture.call("tally.v1.Nothing/Here", token: analyst, message: broken)
            }
            await expect(.permissionDenied, "ROLE_NOT_ALLOWED") {
                try await fixture.call(
                    RuntimeFixture.List.name, token: analyst, message: broken)
            }
        }
    }

    @Test(.section(.alwaysThere)) func openMethodsNeedNoToken() async throws {
        try await RuntimeFixture.with { fixture in
            try await fixture.call(RuntimeFixture.Check.name)
            try await fixture.call(RuntimeFixture.Check.name, token: "nonsense")
        }
    }

    @Test func tokensAreUsedFromTheirNetworksOnly() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token(networks: ["192.0.2.0/24", "2001:db8::/32"])
            let router = fixture.router()
            for (address, isIn) in [
                ("192.0.2.9", true), ("::ffff:192.0.2.9", true), ("2001:db8::9", true),
                ("192.0.3.9", false), ("2001:db9::", false), ("unix", false),
                ("in-process", false),
            ] {
                let reason = try await fixture.reason(
                    RuntimeFixture.Get.name, token: token, hello: "", open: nil,
                    peer: RPCPeer(address: address), scope: RPCConnectionScope(), router: router)
                #expect(reason == (isIn ? nil : "SOURCE_ADDRESS_NOT_ALLOWED"), "\(address)")
            }
            // Who does not hold the secret learns nothing of the networks.
            let parts = token.split(separator: "_")
            let wrong = "tly_\(parts[1])_\(String(repeating: "a", count: 52))"
            await expect(.unauthenticated, "TOKEN_INVALID") { try await fixture.call(token: wrong) }
        }
    }

    @Test func whoIsLimitedToUnitsCallsWhatServesUnits() async throws {
        try await RuntimeFixture.with { fixture in
            let admin = try await fixture.token(role: .admin, units: ["a", "b"])
            await expect(.permissionDenied, "UNIT_SCOPE_NOT_SERVED") {
                try await fixture.call(RuntimeFixture.Create.name, token: admin)
            }
            let both = try await fixture.token(role: [.unitOwner, .ingest], units: ["b", "a"])
            let router = fixture.router { _, call in
                Organization(displayName: call.unitScope.codes.joined(separator: " "))
            }
            let seen = try await fixture.call(token: both, router: router)
            #expect(seen.displayName == "a b")
            // The role comes first.
            await expect(.permissionDenied, "ROLE_NOT_ALLOWED") {
                try await fixture.call(RuntimeFixture.List.name, token: both)
            }
        }
    }

    @Test func tokensCannotBeCheckedWhileTheDatabaseIsAway() async throws {
        let away: (ScratchDatabase) -> PostgresPool = { _ in
            PostgresPool(
                configuration: PostgresConfiguration(url: "postgresql://x@/x?host=/nonexistent"),
                logger: Logger(label: "test"))
        }
        try await RuntimeFixture.with(pool: away) { fixture in
            let token = try await fixture.token()
            await expect(.unavailable, "DATABASE_UNAVAILABLE") {
                try await fixture.call(token: token)
            }
        }
    }
}
