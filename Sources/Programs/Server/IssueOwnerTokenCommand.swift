import ArgumentParser
import Configuration
import Core
import TenantService

struct IssueOwnerTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue-owner-token",
        abstract: "Make an owner's token for an organization whose own is lost.",
        discussion: """
            For an organization that nobody can get into any more. The token goes into a new file
            that only its owner can read, and is shown nowhere else. Tokens made before stay valid;
            end a lost one with tally token revoke. The organization's audit log has the token, the
            operators' who made it. With another key of the token hashes than the servers' nothing is made
            (TOKEN_HASH_KEY_MISMATCH).

            Example:
              tally-server issue-owner-token --organization acme --owner-token-file acme.token
            """)

    @Option(help: "The organization's slug.")
    var organization: String

    @Option(help: "New file for the token; one that exists is left alone.", completion: .file())
    var ownerTokenFile: String

    @OptionGroup var hashKey: TokenHashKeyOption

    func run() async throws {
        try await OperatorErrors.explained {
            print(try await issue(ConfigReader(provider: EnvironmentVariablesProvider())))
        }
    }

    private static let lookUp = """
        Whether it exists, tally token list with it says: it is refused as TOKEN_INVALID if not; and \
        tally token revoke, with another owner's token, ends it.
        """

    /// What was done, for the operator.
    func issue(_ reader: ConfigReader) async throws -> String {
        let issued = try await KeyedDatabases.with(
            reader, tokenHashKeyFile: hashKey.tokenHashKeyFile
        ) { databases in
            let tokens = OwnerTokenIssue(
                pool: databases.pool, keyedHash: databases.keyedHash, keys: databases.keys,
                machineUser: MachineUser.text)
            return try await NewSecretFile.withFile(ownerTokenFile, lookUp: Self.lookUp) { keep in
                try await tokens.issue(slug: organization, now: WallClock.system.now, keep: keep)
            }
        }
        return """
            A new owner's token of \(organization), for \(issued.ownerEmail), is in \
            \(ownerTokenFile); its id is \(issued.tokenID). Tokens made before stay valid: see \
            tally token list.
            """
    }
}
