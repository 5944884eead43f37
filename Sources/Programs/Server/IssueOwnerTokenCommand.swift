import ArgumentParser
import Configuration
import Core
import Encryption
import Foundation
import Postgres
import ServiceRuntime
import Synchronization
import TenantService

struct IssueOwnerTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue-owner-token",
        abstract: "Make an owner's token for an organization whose own is lost.",
        discussion: """
            For an organization that nobody can get into any more. The token goes into a new file
            that only its owner can read, and is shown nowhere else. Tokens made before stay valid;
            end a lost one with tally token revoke.

            Example:
              tally-server issue-owner-token --organization acme --owner-token-file acme.token
            """)

    @Option(help: "The organization's slug.")
    var organization: String

    @Option(help: "New file for the token; one that exists is left alone.", completion: .file())
    var ownerTokenFile: String

    @Option(
        help: "Key of the token hashes; default: TALLY_TOKEN_HASH_KEY_FILE.", completion: .file())
    var tokenHashKeyFile: String?

    func run() async throws {
        try await OperatorErrors.explained {
            print(try await issue(ConfigReader(provider: EnvironmentVariablesProvider())))
        }
    }

    /// What was done, for the operator.
    func issue(_ reader: ConfigReader) async throws -> String {
        let settings = try DatabaseSettings(reader: reader)
        let keyFile = try DatabaseSettings.required(
            "TALLY_TOKEN_HASH_KEY_FILE",
            tokenHashKeyFile ?? reader.scoped(to: "tally").string(forKey: "token.hash.key.file"))
        let keyedHash = try KeyedHash.load(file: keyFile)
        let keySettings = try DataKeySettings { reader.string(forVariable: $0) }
        let cipher = try keySettings.cipher()
        let pool = PostgresPool(configuration: settings.postgres, logger: try settings.makeLogger())
        let keysPool = PostgresPool(
            configuration: keySettings.postgres(for: "tally-server operator", connectionsMax: 1),
            logger: try settings.makeLogger())
        let keys = DataKeyStore(
            pool: keysPool, mainPool: pool, role: "tally_operator", cipher: cipher)
        let result: Result<OwnerTokenIssue.Issued, any Error>
        do {
            result = .success(
                try await issue(OwnerTokenIssue(pool: pool, keyedHash: keyedHash, keys: keys)))
        } catch {
            result = .failure(error)
        }
        await pool.shutdown()
        await keysPool.shutdown()
        let issued = try result.get()
        return """
            A new owner's token of \(organization), for \(issued.ownerEmail), is in \
            \(ownerTokenFile); its id is \(issued.tokenID). Tokens made before stay valid: see \
            tally token list.
            """
    }

    private func issue(_ tokens: OwnerTokenIssue) async throws -> OwnerTokenIssue.Issued {
        let isWritten = Atomic<Bool>(false)
        do {
            return try await tokens.issue(slug: organization, now: WallClock.system.now) { token in
                try NewSecretFile.write(token, to: ownerTokenFile)
                isWritten.store(true, ordering: .releasing)
            }
        } catch {
            // The token was undone; its file would only mislead.
            if isWritten.load(ordering: .acquiring) { unlink(ownerTokenFile) }
            throw error
        }
    }
}
