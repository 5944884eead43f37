import API
import ArgumentParser

struct ConnectionSummary: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: "How all connections are doing, as one.",
        discussion: """
            Deleted ones are not counted. Needs an admin: the provider refuses the key, or a
            report of usage or costs waits until somebody acts; others that fail are tried
            again by themselves.

            Examples:
              tally connection summary
              tally connection summary --provider openai --label team=ml --format json
            """)

    @OptionGroup var options: ConnectionFilterOptions
    @OptionGroup var output: FormatOption

    func run() async throws {
        let summary = try await Session.run {
            try await $0.read(
                ConnectionServiceMethods.SummarizeConnections.self,
                SummarizeConnectionsRequest(filter: options.filter))
        }
        try output.print(
            summary, table: { Self.table(summary) }, csv: { Self.rows(summary) })
    }

    /// A line for each thing that is there to say; what counts nothing bad is left out.
    static func table(_ summary: SummarizeConnectionsResponse) -> String {
        let time = { (timestamp: Timestamp?) in timestamp.map(CompletenessText.time) ?? "–" }
        var table = Table([.init("What"), .init("Is")])
        table.add(["Connections", number(summary.connections)])
        table.add([
            "Health",
            list(summary.healths.map { ($0.connections, ConnectionList.health($0.health)) }),
        ])
        table.add([
            "Providers",
            list(summary.providers.map { ($0.connections, ProviderArgument.text($0.provider)) }),
        ])
        table.add(["Last success, newest", time(summary.newestSuccessTime)])
        table.add(["Last success, oldest", time(summary.oldestSuccessTime)])
        table.add(["Next pull", time(summary.nextRunTime)])
        for (name, count) in [
            ("Never synced", summary.neverSynced), ("Reports running", summary.reportsRunning),
            ("Reports failing", summary.reportsFailing),
            ("Reports set aside", summary.reportsSetAside),
            ("Lists set aside", summary.listsSetAside),
        ] where count > 0 {
            table.add([name, number(count)])
        }
        if summary.needAdmin > 0 {
            let reasons = list(summary.attentions.map { ($0.connections, $0.reason) })
            table.add(["Need an admin", "\(number(summary.needAdmin)): \(reasons)"])
        }
        return table.text
    }

    /// A line for each figure, so that a sheet has them in two columns.
    static func rows(_ summary: SummarizeConnectionsResponse) -> [[String]] {
        let time = { (timestamp: Timestamp?) in timestamp.map(CompletenessText.time) ?? "" }
        return [["what", "value"], ["connections", "\(summary.connections)"]]
            + summary.healths.map {
                ["health:\(ConnectionList.health($0.health))", "\($0.connections)"]
            }
            + summary.providers.map {
                ["provider:\(ProviderArgument.text($0.provider))", "\($0.connections)"]
            }
            + [
                ["never_synced", "\(summary.neverSynced)"],
                ["oldest_success_time", time(summary.oldestSuccessTime)],
                ["newest_success_time", time(summary.newestSuccessTime)],
                ["next_run_time", time(summary.nextRunTime)],
                ["need_admin", "\(summary.needAdmin)"],
            ]
            + summary.attentions.map { ["attention:\($0.reason)", "\($0.connections)"] }
            + [
                ["reports_failing", "\(summary.reportsFailing)"],
                ["reports_set_aside", "\(summary.reportsSetAside)"],
                ["lists_set_aside", "\(summary.listsSetAside)"],
                ["reports_running", "\(summary.reportsRunning)"],
            ]
    }

    private static func list(_ counts: [(Int32, String)]) -> String {
        counts.isEmpty ? "–" : counts.map { "\(number($0)) \($1)" }.joined(separator: ", ")
    }

    private static func number(_ count: Int32) -> String { CompletenessText.number(Int64(count)) }
}
