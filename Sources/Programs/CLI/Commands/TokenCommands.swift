import API
import ArgumentParser
import Core
import Domain

/// `tally token`.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "API tokens.",
        subcommands: [TokenCreate.self, TokenList.self, TokenRevoke.self])
}

struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a token; it is shown only once, on standard output.",
        discussion: """
            Examples:
              tally token create gateway-eu --role ingest > gateway.token
              tally token create audit --role analyst --expires 2027-01-01T00:00:00Z
            """)

    @Argument(help: "Name for people.")
    var name: String
    @Option(help: "owner, admin, finance, analyst or ingest; no higher than yours.")
    var role: RoleArgument
    @Option(help: "RFC 3339 instant at which it ends. Default: never.")
    var expires: String?

    func run() async throws {
        let expireTime = try expires.map { Timestamp(try Instant(rfc3339: $0)) }
        let response = try await Session.run {
            try await $0.write(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(displayName: name, role: role.role, expireTime: expireTime))
        }
        StandardError.write("Token \(response.token?.id ?? ""), shown only here:")
        print(response.secret)
    }
}

struct TokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Tokens without their secrets, newest first.")

    @OptionGroup var output: FormatOption

    func run() async throws {
        let tokens = try await Session.run {
            try await $0.pages(
                TenantServiceMethods.ListTokens.self, { ListTokensRequest(pageToken: $0) },
                items: { ($0.tokens, $0.nextPageToken) })
        }
        let time = { (timestamp: Timestamp?) in timestamp.map(CompletenessText.time) ?? "" }
        try output.print(
            ListTokensResponse(tokens: tokens),
            table: {
                var table = Table([
                    .init("Id"), .init("Name"), .init("Role"), .init("Expires"), .init("Revoked"),
                ])
                for token in tokens {
                    table.add([
                        token.id, token.displayName, RoleArgument.text(token.role),
                        time(token.expireTime), time(token.revokeTime),
                    ])
                }
                return table.text
            },
            csv: {
                [["id", "display_name", "role", "create_time", "expire_time", "revoke_time"]]
                    + tokens.map {
                        [
                            $0.id, $0.displayName, RoleArgument.text($0.role), time($0.createTime),
                            time($0.expireTime), time($0.revokeTime),
                        ]
                    }
            })
    }
}

struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a token. Ending one again changes nothing.",
        discussion: """
            Example:
              tally token revoke 7f3k2m5q8r1t4w6z
            """)

    @Argument(help: "The token's id: the part between tly_ and the second _.")
    var id: String

    func run() async throws {
        let token = try await Session.run {
            try await $0.write(
                TenantServiceMethods.RevokeToken.self, RevokeTokenRequest(id: id))
        }
        print("Token \(token.id) has ended.")
    }
}
