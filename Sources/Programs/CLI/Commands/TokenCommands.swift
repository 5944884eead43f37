import API
import ArgumentParser
import Core
import Domain

/// `tally token`.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "API tokens.",
        subcommands: [
            TokenCreate.self, TokenList.self, TokenGet.self, TokenRotate.self, TokenRevoke.self,
        ])
}

struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Create a token; it is shown only once, on standard output.",
        discussion: """
            Examples:
              tally token create gateway-eu --role ingest > gateway.token
              tally token create audit --role auditor --expires 2027-01-01T00:00:00Z
              tally token create batch --role ingest --events-per-day 2000000 > batch.token
              tally token create portal --role frontend --source-address 10.0.8.0/24
              tally token create ci --role analyst --format json > token.json
            """)

    @Argument(help: "Name for people.")
    var name: String
    @OptionGroup var grant: GrantOptions
    @Option(
        name: .customLong("source-address"),
        help: """
            Address or network that it may be used from, such as 192.0.2.0/24; several options \
            for several. Default: any.
            """)
    var sourceAddresses: [String] = []
    @Option(
        help: """
            Instant at which it ends, as in RFC 3339: date, time and zone, such as \
            2027-01-01T00:00:00Z or 2027-01-01T00:00:00+01:00. Default: never.
            """)
    var expires: String?
    @Option(
        help: """
            Calls that it may make in a second of each server process, 1 to 1000000. Default: the \
            server's limit.
            """)
    var callsPerSecond: Int32?
    @Option(
        help: """
            New events that it may bring in a day of UTC, 1 to 1000000000000. Default: as many as the \
            organization's plan allows.
            """)
    var eventsPerDay: Int64?
    @OptionGroup var output: FormatOption

    func run() async throws {
        let expireTime = try expires.map { Timestamp(try Instant(rfc3339: $0)) }
        let response = try await Session.run {
            try await $0.write(
                TenantServiceMethods.CreateToken.self,
                CreateTokenRequest(
                    displayName: name, roles: grant.roles.map(\.role), expireTime: expireTime,
                    unitCodes: grant.units, sourceAddresses: sourceAddresses,
                    callsPerSecondMax: callsPerSecond ?? 0, eventsPerDayMax: eventsPerDay ?? 0))
        }
        if output.format == .table {
            StandardError.write("Token \(response.token?.id ?? ""), shown only here:")
        }
        try output.print(
            response, table: { response.secret },
            csv: { TokenRows.csv(response.token, secret: response.secret) })
    }
}

struct TokenList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Tokens without their secrets, newest first.",
        discussion: """
            "Hands on" names the limits of a frontend's token that hold of the tokens it makes for
            the people it acts for; it keeps the others to itself. Other tokens hand on all.
            """)

    @OptionGroup var output: FormatOption

    func run() async throws {
        let tokens = try await Session.run {
            try await $0.pages(
                TenantServiceMethods.ListTokens.self, { ListTokensRequest(pageToken: $0) },
                items: { ($0.tokens, $0.nextPageToken) })
        }
        try output.print(
            ListTokensResponse(tokens: tokens), table: { TokenRows.table(tokens) },
            csv: { TokenRows.csv(tokens) })
    }
}

struct TokenGet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "One token without its secret.",
        discussion: """
            Example:
              tally token get 7f3k2m5q7r4t4w6z --format json
            """)

    @Argument(help: "The token's id: the part between tly_ and the second _.")
    var id: String
    @OptionGroup var output: FormatOption

    func run() async throws {
        let token = try await Session.run {
            try await $0.read(TenantServiceMethods.GetToken.self, GetTokenRequest(id: id))
        }
        try output.print(
            token, table: { TokenRows.table([token]) }, csv: { TokenRows.csv([token]) })
    }
}

/// Tokens as people and spreadsheets read them.
enum TokenRows {
    static func table(_ tokens: [Token]) -> String {
        var table = Table([
            .init("Id"), .init("Name"), .init("Roles"), .init("Units"), .init("From"),
            .init("Calls/s"), .init("Events/day"), .init("Hands on"), .init("Last use"),
            .init("Expires"), .init("Revoked"), .init("Successor"),
        ])
        for token in tokens {
            table.add([
                token.id, token.displayName, RoleArgument.text(token.roles),
                token.unitCodes.joined(separator: " "),
                token.sourceAddresses.joined(separator: " "),
                token.callsPerSecondMax == 0 ? "" : "\(token.callsPerSecondMax)",
                eventsPerDay(token), handedOn(token), time(token.lastUseTime),
                time(token.expireTime), time(token.revokeTime),
                token.successorID,
            ])
        }
        return table.text
    }

    static func csv(_ tokens: [Token]) -> [[String]] {
        [
            [
                "id", "display_name", "roles", "unit_codes", "source_addresses", "create_time",
                "last_use_time", "expire_time", "revoke_time", "successor_id",
                "calls_per_second_max", "events_per_day_max", "counts_with_id", "handed_on",
            ]
        ]
            + tokens.map { token in
                [
                    token.id, token.displayName, RoleArgument.text(token.roles),
                    token.unitCodes.joined(separator: " "),
                    token.sourceAddresses.joined(separator: " "), time(token.createTime),
                    time(token.lastUseTime), time(token.expireTime), time(token.revokeTime),
                    token.successorID,
                    token.callsPerSecondMax == 0 ? "" : "\(token.callsPerSecondMax)",
                    token.eventsPerDayMax == 0 ? "" : "\(token.eventsPerDayMax)",
                    token.countsWithID, handedOn(token),
                ]
            }
    }

    /// A token that was made just now, whose secret is never shown again.
    static func csv(_ token: Token?, secret: String) -> [[String]] {
        zip(csv(token.map { [$0] } ?? []), ["secret", secret]).map { $0 + [$1] }
    }

    /// Its quota, and the token that it shares it with.
    private static func eventsPerDay(_ token: Token) -> String {
        guard token.eventsPerDayMax != 0 else { return "" }
        let others = token.countsWithID.isEmpty ? "" : " with \(token.countsWithID)"
        return "\(token.eventsPerDayMax)\(others)"
    }

    /// Of a frontend's token, which of its limits hold of what it makes, by the names of their options.
    private static func handedOn(_ token: Token) -> String {
        token.handedOn.map { limit in
            switch limit {
            case .sourceAddresses: "source-address"
            case .expireTime: "expires"
            case .callsPerSecond: "calls-per-second"
            case .eventsPerDay: "events-per-day"
            default: limit.name ?? "\(limit.rawValue)"
            }
        }.joined(separator: " ")
    }

    private static func time(_ timestamp: Timestamp?) -> String {
        timestamp.map(CompletenessText.time) ?? ""
    }
}

struct TokenRotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Replace a token by one of the same rights; both work for a while.",
        discussion: """
            The new token is shown only once, on standard output.

            Examples:
              tally token rotate 7f3k2m5q7r4t4w6z > gateway.token
              tally token rotate 7f3k2m5q7r4t4w6z --overlap-hours 1
            """)

    @Argument(help: "The token's id: the part between tly_ and the second _.")
    var id: String
    @Option(help: "Hours for which both work, 0 to 720.")
    var overlapHours = 24
    @Option(
        help: """
            Instant at which the new one ends, as in RFC 3339: date, time and zone, such as \
            2027-01-01T00:00:00Z. Default: it lives as long as the old one was to, but no longer \
            than the token that calls.
            """)
    var expires: String?
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard (0...720).contains(overlapHours) else {
            throw ValidationError("--overlap-hours is 0 to 720, 30 days.")
        }
    }

    func run() async throws {
        let expireTime = try expires.map { Timestamp(try Instant(rfc3339: $0)) }
        let response = try await Session.run {
            try await $0.write(
                TenantServiceMethods.RotateToken.self,
                RotateTokenRequest(
                    id: id, overlap: .overlapSeconds(Int64(overlapHours) * 3600),
                    expireTime: expireTime))
        }
        if output.format == .table {
            let end = response.previous.flatMap { $0.revokeTime ?? $0.expireTime }
            StandardError.write(
                "Token \(response.token?.id ?? ""), shown only here; the old one ends at "
                    + "\(end.map(CompletenessText.time) ?? "its time"):")
        }
        try output.print(
            response, table: { response.secret },
            csv: { TokenRows.csv(response.token, secret: response.secret) })
    }
}

struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a token. Ending one again changes nothing.",
        discussion: """
            Example:
              tally token revoke 7f3k2m5q7r4t4w6z
            """)

    @Argument(help: "The token's id: the part between tly_ and the second _.")
    var id: String
    @OptionGroup var output: FormatOption

    func run() async throws {
        let token = try await Session.run {
            try await $0.write(
                TenantServiceMethods.RevokeToken.self, RevokeTokenRequest(id: id))
        }
        try output.print(
            token, table: { "Token \(token.id) has ended." }, csv: { TokenRows.csv([token]) })
    }
}
