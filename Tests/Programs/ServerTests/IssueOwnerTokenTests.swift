import API
import ArgumentParser
import Configuration
import Foundation
import TallyClient
import TestSupport
import Testing

@testable import Server

/// `tally-server issue-owner-token`, against the database of a running server.
@Suite struct IssueOwnerTokenTests {
    private func issue(
        _ harness: ServerHarness, _ slug: String, to file: String
    ) async throws -> String {
        let command = try IssueOwnerTokenCommand.parse([
            "--organization", slug, "--owner-token-file", file, "--token-hash-key-file",
            harness.tokenHashKeyFile,
        ])
        return try await command.issue(
            ConfigReader(
                provider: EnvironmentVariablesProvider(
                    environmentVariables: harness.keysEnvironment.merging(
                        ["TALLY_DATABASE_URL": harness.database.url]) { $1 })))
    }

    @Test func anOrganizationWhoseTokenIsLostIsOpenedAgain() async throws {
        let file = NSTemporaryDirectory() + "owner-\(UUID().uuidString).token"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await ServerHarness.with { harness in
            let platform = harness.client(token: harness.operatorToken)
            _ = try await platform.call(
                TenantServiceMethods.CreateOrganization.self,
                CreateOrganizationRequest(
                    slug: "acme", displayName: "Acme", timeZone: "Europe/Berlin",
                    ownerEmail: "owner@acme.example"))
            await platform.close()

            let said = try await issue(harness, "acme", to: file)
            let written = try String(contentsOfFile: file, encoding: .utf8)
            let token = try #require(written.split(separator: "\n").first.map(String.init))
            #expect(said.contains("owner@acme.example") && said.contains(file))
            #expect(!said.contains(token.suffix(52)))
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let owner = harness.client(token: token)
            let made = try await owner.call(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(displayName: "Next", roles: [.owner]))
            #expect(!made.secret.isEmpty)

            // Neither a file that exists nor the tokens change.
            await #expect(throws: ValidationError.self) {
                _ = try await issue(harness, "acme", to: file)
            }
            #expect(try String(contentsOfFile: file, encoding: .utf8) == written)
            let tokens = try await owner.call(
                TenantServiceMethods.ListTokens.self, ListTokensRequest()
            ).tokens
            #expect(tokens.count == 3)
            await owner.close()
        }
    }
}
