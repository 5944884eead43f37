import API
import Core
import Postgres
import TestSupport
import Testing

/// The answers that show a secret once show it again to whoever repeats the call under its key.
@Suite struct RepeatedCallTests {
    @Test func operatorWhoRepeatsACallGetsTheSameOwnerToken() async throws {
        try await Platform.with { platform, operatorToken in
            let request = CreateOrganizationRequest(
                slug: "acme", displayName: "Acme", timeZone: "UTC", ownerEmail: "owner@acme.example"
            )
            let create = TenantServiceMethods.CreateOrganization.self
            let first = try await platform.call(create, request, as: operatorToken, key: "k")
            let second = try await platform.call(create, request, as: operatorToken, key: "k")
            #expect(first == second)
            let listed = try await platform.call(
                TenantServiceMethods.ListOrganizations.self, ListOrganizationsRequest(),
                as: operatorToken)
            #expect(listed.organizations.map(\.slug) == ["acme"])
            // The token works, and the organization's own keys are apart from the operators'.
            let token = CreateTokenRequest(displayName: "t", roles: [.analyst])
            let createToken = TenantServiceMethods.CreateToken.self
            let made = try await platform.call(
                createToken, token, as: first.ownerToken, key: "k")
            let again = try await platform.call(
                createToken, token, as: first.ownerToken, key: "k")
            #expect(made.secret == again.secret)
            #expect(made.token?.id != nil)
            try await expectNoTrace(of: [first.ownerToken, made.secret], in: platform)
        }
    }

    /// Neither the tokens nor their secret parts stand anywhere in the table.
    private func expectNoTrace(of tokens: [String], in platform: Platform) async throws {
        let session = try await platform.database.session()
        let rows = try await session.texts(
            """
            SELECT encode(sealed_answer || request_hash
                || convert_to(r::text, 'UTF8'), 'hex')
            FROM recorded_calls AS r
            """)
        await session.close()
        #expect(rows.count == 2)
        for token in tokens {
            let secret = try #require(token.split(separator: "_").last)
            let hex = secret.utf8.map { String($0, radix: 16) }.joined()
            for row in rows { #expect(row[0]?.contains(hex) == false) }
        }
    }

    @Test func refusedCallsAreNotRecorded() async throws {
        try await Platform.with { platform, operatorToken in
            let create = TenantServiceMethods.CreateOrganization.self
            let request = { (slug: String) in
                CreateOrganizationRequest(
                    slug: slug, displayName: "Acme", timeZone: "UTC",
                    ownerEmail: "owner@acme.example")
            }
            _ = try await platform.call(create, request("acme"), as: operatorToken)
            do {
                _ = try await platform.call(create, request("acme"), as: operatorToken, key: "k")
                Issue.record("a slug was given twice")
            } catch let error as ServiceError {
                #expect(error.code == .alreadyExists)
            }
            let made = try await platform.call(
                create, request("other"), as: operatorToken, key: "k")
            #expect(made.organization?.slug == "other")
        }
    }
}
