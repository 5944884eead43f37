import API
import ArgumentParser

/// `tally connection`.
struct ConnectionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connection", abstract: "Provider accounts whose usage and cost are pulled.",
        subcommands: [
            ConnectionCreate.self, ConnectionList.self, ConnectionSummary.self,
            ConnectionShow.self, ConnectionRuns.self, ConnectionActivity.self,
            ConnectionTest.self, ConnectionSync.self, ConnectionBackfillCommand.self,
            ConnectionUpdate.self, ConnectionPause.self, ConnectionResume.self,
            ConnectionReplaceKey.self, ConnectionImport.self, ConnectionDelete.self,
            ConnectionReconcile.self,
        ])
}

/// Providers as the command line has them.
enum ProviderArgument: String, ExpressibleByArgument, CaseIterable {
    case openai, anthropic, openrouter

    var provider: Provider {
        switch self {
        case .openai: .openai
        case .anthropic: .anthropic
        case .openrouter: .openrouter
        }
    }

    static func text(_ provider: Provider) -> String {
        allCases.first { $0.provider == provider }?.rawValue ?? provider.name
            ?? "\(provider.rawValue)"
    }
}

struct ConnectionCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Connect a provider's account.",
        discussion: """
            The provider's admin key is read from a file or from standard input, never
            from the command line, which other processes can read. It is kept encrypted.

            Examples:
              tally connection create --provider openai --name OpenAI --key-file key.txt
              pass show anthropic | tally connection create --provider anthropic \\
                --name Anthropic --key-file -
            """,
        aliases: ["add"])

    @Option(help: "openai, anthropic or openrouter.")
    var provider: ProviderArgument
    @Option(help: "Name for people, unique within the organization.")
    var name: String
    @Option(help: "File that holds the admin key; - for standard input.")
    var keyFile = "-"
    @Option(help: "Days to reach back at first, 1 to 366.")
    var backfillDays: Int32 = 90
    @Option(name: .customLong("label"), help: "KEY=VALUE; several options for several, up to 20.")
    var labels: [LabelArgument] = []
    @Option(help: RecordOfArgument.help)
    var recordOf = RecordOfArgument.both
    @Flag(
        inversion: .prefixedNo,
        help: "Ask the provider first whether the key may read what is to be pulled.")
    var test = true

    func run() async throws {
        let key = try SecretFile.read(keyFile)
        let request = CreateConnectionRequest(
            provider: provider.provider, displayName: name, apiKey: key,
            backfillDays: backfillDays, labels: labels.map(\.label),
            recordOf: recordOf.record, testFirst: test)
        // Made twice, it is refused by its name.
        let connection = try await Session.run {
            try await test
                ? $0.writeAfterAsking(ConnectionServiceMethods.CreateConnection.self, request)
                : $0.write(ConnectionServiceMethods.CreateConnection.self, request)
        }
        StandardOutput.say(
            "Connected \(Table.printable(connection.displayName)) (\(connection.id)). The first pull is "
                + "scheduled.")
        ConnectionOverlap.warn(of: connection.overlappingConnectionIds)
    }
}

struct ConnectionList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Connections and how they are doing.",
        discussion: """
            Examples:
              tally connection list --health key-refused --health degraded
              tally connection list --label team=ml --order-by "last_success_time desc"
              tally connection list --search research --show-deleted --format csv
            """)

    @OptionGroup var options: ConnectionFilterOptions
    @Option(
        help: """
            display_name, provider, health, create_time or last_success_time, with asc or desc \
            behind it. Default: display_name.
            """)
    var orderBy = ""
    @Flag(help: "Show deleted connections, too.")
    var showDeleted = false
    @OptionGroup var output: FormatOption

    var request: ListConnectionsRequest {
        ListConnectionsRequest(
            filter: options.filter, orderBy: orderBy,
            showDeleted: showDeleted || options.healths.contains(.deleted))
    }

    func run() async throws {
        let connections = try await Session.run { session in
            try await Self.all(session, request)
        }
        try output.print(
            ListConnectionsResponse(connections: connections),
            table: { Self.table(connections) }, csv: { Self.rows(connections) })
    }

    /// All pages of what a request asks for.
    static func all(
        _ session: Session, _ request: ListConnectionsRequest = ListConnectionsRequest()
    ) async throws -> [Connection] {
        try await session.pages(
            ConnectionServiceMethods.ListConnections.self,
            { token in
                var request = request
                request.pageToken = token
                return request
            }, items: { ($0.connections, $0.nextPageToken) })
    }

    static func table(_ connections: [Connection]) -> String {
        var table = Table([
            .init("Name"), .init("Provider"), .init("Health"), .init("Usage through"),
            .init("Costs through"), .init("Pages", .right),
        ])
        for item in connections {
            table.add([
                item.displayName, ProviderArgument.text(item.provider), health(item.health),
                item.usageThrough.map(CompletenessText.time) ?? "–",
                item.costsThrough.map(CompletenessText.time) ?? "–",
                CompletenessText.number(item.pagesRead),
            ])
        }
        let errors = connections.filter { !$0.lastError.isEmpty }.map {
            "\(Table.printable($0.displayName)): \(Table.printable($0.lastError))"
        }
        return ([table.text] + errors).joined(separator: "\n")
    }

    static func rows(_ connections: [Connection]) -> [[String]] {
        let time = { (timestamp: Timestamp?) in timestamp.map(CompletenessText.time) ?? "" }
        let header = [
            "id", "provider", "display_name", "health", "pages_read", "usage_through",
            "costs_through", "last_success_time", "last_error", "record_of", "labels",
            "key_hint", "pause_time", "delete_time", "lag_seconds", "final_through",
            "next_run_time",
        ]
        return [header]
            + connections.map {
                [
                    $0.id, ProviderArgument.text($0.provider), $0.displayName, health($0.health),
                    "\($0.pagesRead)", time($0.usageThrough), time($0.costsThrough),
                    time($0.lastSuccessTime), $0.lastError, RecordOfArgument.text($0.recordOf),
                    LabelArgument.text($0.labels), $0.keyHint, time($0.pauseTime),
                    time($0.deleteTime), "\($0.lagSeconds)", time($0.finalThrough),
                    time($0.nextRunTime),
                ]
            }
    }

    static func health(_ health: ConnectionHealth) -> String {
        switch health {
        case .pending: "pending"
        case .healthy: "healthy"
        case .degraded: "degraded"
        case .keyRefused: "key refused"
        case .paused: "paused"
        case .deleted: "deleted"
        case .late: "late"
        default: health.name ?? "\(health.rawValue)"
        }
    }
}

struct ConnectionShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One connection.",
        discussion: """
            Example:
              tally connection show OpenAI
            """)

    @Argument(help: "The connection's name or id; a deleted one by its id.")
    var connection: String
    @OptionGroup var output: FormatOption

    func run() async throws {
        let found = try await Session.run { session in
            let id = try await ConnectionName.id(of: connection, session)
            return try await session.read(
                ConnectionServiceMethods.GetConnection.self, GetConnectionRequest(id: id))
        }
        try output.print(
            found,
            table: {
                [
                    Self.details(found), ReportText.table(found.reports),
                    ReportText.errors(found.reports),
                ].filter { !$0.isEmpty }.joined(separator: "\n\n")
            }, csv: { ConnectionList.rows([found]) })
    }

    /// A line for each thing that is there to say.
    static func details(_ connection: Connection) -> String {
        let time = { (timestamp: Timestamp?) in timestamp.map(CompletenessText.time) ?? "" }
        let lines = [
            ("Name", connection.displayName), ("Id", connection.id),
            ("Provider", ProviderArgument.text(connection.provider)),
            ("Health", ConnectionList.health(connection.health)),
            ("Last error", connection.lastError),
            ("Record of", RecordOfArgument.text(connection.recordOf)),
            ("Labels", LabelArgument.text(connection.labels)),
            ("Account", ConnectionTest.text(connection.account)),
            ("Same account as", connection.overlappingConnectionIds.joined(separator: " ")),
            ("Key ends in", connection.keyHint), ("Reaches back to", time(connection.backfillFrom)),
            ("Back-fill", ConnectionBackfillCommand.progress(connection.backfill)),
            ("Usage through", time(connection.usageThrough)),
            ("Costs through", time(connection.costsThrough)),
            ("Last success", time(connection.lastSuccessTime)),
            ("Pages read", CompletenessText.number(connection.pagesRead)),
            ("Created", time(connection.createTime)), ("Paused", time(connection.pauseTime)),
            ("Deleted", time(connection.deleteTime)), ("Etag", connection.etag),
        ]
        var table = Table([.init("What"), .init("Is")])
        for (name, value) in lines where !value.isEmpty { table.add([name, value]) }
        return table.text
    }
}
