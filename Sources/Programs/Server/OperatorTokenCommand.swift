import API
import ArgumentParser
import Configuration
import Core
import Domain
import Postgres
import TenantService

/// `tally-server operator-token`.
struct OperatorTokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "operator-token",
        abstract: "Make, list and revoke tokens of the platform's operators.",
        discussion: """
            tally-server migrate makes the first one. Give each operator and each program its own, so
            that one that leaked can be revoked by itself. To replace one:

              tally-server operator-token issue --name Billing --token-file billing.token
              # put it in place, then
              tally-server operator-token revoke 7f3k2m5q7r4t4w6z

            What was made and revoked, and by which user of which machine, stands in the operators' audit
            log: tally audit list with an operator's token. The key of the token hashes is the servers'; with
            another one nothing is made or revoked (TOKEN_HASH_KEY_MISMATCH).
            """,
        subcommands: [
            OperatorTokenIssue.self, OperatorTokenList.self, OperatorTokenRevoke.self,
        ])
}

/// The option of commands that make or end tokens.
struct TokenHashKeyOption: ParsableArguments {
    @Option(
        help: "Key of the token hashes; default: TALLY_TOKEN_HASH_KEY_FILE.", completion: .file())
    var tokenHashKeyFile: String?
}

struct OperatorTokenIssue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Make a further operator's token.",
        discussion: """
            The token goes into a new file that only its owner can read, and is shown nowhere else.
            Tokens made before stay valid; none of them is needed here. Where the connection is lost just
            then (TOKEN_STATE_UNKNOWN), the file is kept: list says whether the token exists.

            Example:
              tally-server operator-token issue --name Billing --token-file billing.token \\
                --expires 2027-06-01T00:00:00Z
            """)

    @Option(help: "Name for people: who uses it, or what for.")
    var name: String

    @Option(help: "New file for the token; one that exists is left alone.", completion: .file())
    var tokenFile: String

    @Option(
        help: """
            Instant at which it ends, as in RFC 3339: date, time and zone, such as \
            2027-01-01T00:00:00Z or 2027-01-01T00:00:00+01:00. Default: never.
            """)
    var expires: String?

    @OptionGroup var hashKey: TokenHashKeyOption

    func run() async throws {
        try await OperatorErrors.explained {
            print(try await issue(ConfigReader(provider: EnvironmentVariablesProvider())))
        }
    }

    /// What was done, for the operator.
    func issue(_ reader: ConfigReader) async throws -> String {
        let expireTime = try expires.map { try Instant(rfc3339: $0) }
        let token = try await KeyedDatabases.with(
            reader, tokenHashKeyFile: hashKey.tokenHashKeyFile
        ) { databases in
            try await NewSecretFile.withFile(tokenFile, lookUp: OperatorTokenList.lookUp) { keep in
                try await databases.operatorTokens.issue(
                    displayName: name, expireTime: expireTime, now: WallClock.system.now,
                    keep: keep)
            }
        }
        return """
            A new operator's token is in \(tokenFile); its id is \(token.id). Tokens made before \
            stay valid: see tally-server operator-token list.
            """
    }
}

struct OperatorTokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Operators' tokens without their secrets.",
        discussion: """
            The newest first, and behind them those that were revoked; 1000 at most. Servers write down once a minute, and when they end,
            when tokens were used last. It reads TALLY_DATABASE_URL alone.

            Example:
              tally-server operator-token list --format json
            """)

    /// For those who do not know whether a token was made.
    static let lookUp = """
        tally-server operator-token list shows it if it exists, and tally-server operator-token \
        revoke ends it if it is not wanted.
        """

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @Option(help: "How to print: table for people; json for programs, as of tally token list.")
    var format = Format.table

    func run() async throws {
        try await OperatorErrors.explained {
            print(try await list(ConfigReader(provider: EnvironmentVariablesProvider())))
        }
    }

    func list(_ reader: ConfigReader) async throws -> String {
        let settings = try DatabaseSettings(reader: reader)
        let tokens = try await settings.withPool(settings.postgres) {
            try await OperatorTokens.list($0)
        }
        return switch format {
        case .table: Self.table(tokens, now: WallClock.system.now)
        case .json: try ListTokensResponse(tokens: tokens).json(isIndented: true)
        }
    }

    /// Names come last, so that their width does not matter.
    static func table(_ tokens: [Token], now: Instant) -> String {
        let rows = tokens.map { token in
            [
                token.id, state(of: token, now: now), time(token.createTime),
                time(token.lastUseTime), time(token.expireTime), time(token.revokeTime),
                token.displayName,
            ]
        }
        let all = [["Id", "State", "Made", "Last use", "Expires", "Revoked", "Name"]] + rows
        let widths = all[0].indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            zip(row.dropLast(), widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count + 2)
            }.joined() + (row.last ?? "")
        }.joined(separator: "\n")
    }

    private static func state(of token: Token, now: Instant) -> String {
        if token.revokeTime != nil { return "revoked" }
        return isValid(token, now: now) ? "valid" : "expired"
    }

    static func isValid(_ token: Token, now: Instant) -> Bool {
        token.revokeTime == nil && token.expireTime.map { $0.seconds > now.seconds } ?? true
    }

    /// In whole seconds.
    private static func time(_ time: Timestamp?) -> String {
        time.map { Instant(seconds: $0.seconds).rfc3339 } ?? "-"
    }
}

struct OperatorTokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End an operator's token on every server within a second.",
        discussion: """
            The last one that is valid stays: make another one first. Where it leaked and cannot wait for
            that, --even-the-last ends it: until operator-token issue has made another, which needs none,
            nobody can make, limit, suspend or resume organizations; organizations' own tokens go on. One
            that was revoked already stays as it is. It needs the data keys' database for a complete audit
            log only, and goes on without where that is away.

            Examples:
              tally-server operator-token revoke 7f3k2m5q7r4t4w6z
              tally-server operator-token revoke --even-the-last 7f3k2m5q7r4t4w6z
            """)

    @Argument(help: "The token's id: the part between tly_ and the second _.")
    var id: String

    @Flag(help: "Revoke it though no other is valid, such as one that leaked.")
    var evenTheLast = false

    @OptionGroup var hashKey: TokenHashKeyOption

    func run() async throws {
        try await OperatorErrors.explained {
            print(try await revoke(ConfigReader(provider: EnvironmentVariablesProvider())))
        }
    }

    /// What was done, for the operator.
    func revoke(_ reader: ConfigReader) async throws -> String {
        let (token, now, isAnyLeft) = try await KeyedDatabases.with(
            reader, tokenHashKeyFile: hashKey.tokenHashKeyFile
        ) {
            let now = WallClock.system.now
            let token = try await $0.operatorTokens.revoke(id, evenTheLast: evenTheLast, now: now)
            // Those that were not revoked are listed first.
            let newest = try await OperatorTokens.list($0.pool)
            return (token, now, newest.contains { OperatorTokenList.isValid($0, now: now) })
        }
        let done =
            token.revokeTime == Timestamp(now)
            ? "The operator's token \(id), \(token.displayName), is revoked: every server refuses "
                + "it within a second."
            : "The operator's token \(id), \(token.displayName), had been revoked already."
        return isAnyLeft ? done : "\(done) \(Self.noneLeft)"
    }

    private static let noneLeft = """
        NO OPERATOR'S TOKEN IS VALID NOW: nobody can make, limit, suspend or resume organizations. Make \
        another one with tally-server operator-token issue, which needs none.
        """
}

extension KeyedDatabases {
    var operatorTokens: OperatorTokens {
        OperatorTokens(
            pool: pool, keyedHash: keyedHash, keys: keys, machineUser: MachineUser.text)
    }
}
