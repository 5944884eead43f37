import API
import ArgumentParser

struct ConnectionRuns: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "What the pulls of a connection came to, the newest first.",
        discussion: """
            The last 1,000 pulls of each report are kept, of 90 days. Rows recorded
            were seen for the first time, rows corrected had been changed by the
            provider, and rows retracted were taken back by it.

            Examples:
              tally connection runs OpenAI
              tally connection runs OpenAI --report costs --limit 500 --format csv
            """)

    @Argument(help: "The connection's name or id, from tally connection list.")
    var connection: String
    @Option(help: "Of one report only, such as usage or costs.")
    var report = ""
    @Option(help: "So many at most, 1 to 1000.")
    var limit: Int32 = 50
    @OptionGroup var output: FormatOption

    func run() async throws {
        let response = try await Session.run { session in
            let found = try ConnectionReplaceKey.find(
                connection, among: try await ConnectionList.all(session))
            return try await session.read(
                ConnectionServiceMethods.ListConnectionRuns.self,
                ListConnectionRunsRequest(id: found.id, report: report, pageSize: limit))
        }
        try output.print(
            response, table: { Self.table(response.runs) }, csv: { Self.rows(response.runs) })
    }

    static func table(_ runs: [ConnectionRun]) -> String {
        var table = Table([
            .init("Began"), .init("Report"), .init("Outcome"), .init("Took", .right),
            .init("Pages", .right), .init("Recorded", .right), .init("Corrected", .right),
            .init("Retracted", .right), .init("Read through"),
        ])
        for run in runs {
            table.add([
                run.startTime.map(CompletenessText.time) ?? "–", run.report, outcome(run.outcome),
                took(run), CompletenessText.number(run.pages),
                CompletenessText.number(run.rowsRecorded),
                CompletenessText.number(run.rowsCorrected),
                CompletenessText.number(run.rowsRetracted),
                run.through.map(CompletenessText.time) ?? "–",
            ])
        }
        // Each failure in words once: it is often the same for hours.
        var said: Set<String> = []
        let details = runs.filter { !$0.detail.isEmpty && said.insert($0.detail).inserted }.map {
            "\(Table.printable($0.report)), \($0.reason): \(Table.printable($0.detail))"
        }
        // The newest run of a report says it for those before.
        var reports: Set<String> = []
        let contradictions = runs.filter {
            $0.rowsContradicted > 0 && reports.insert($0.report).inserted
        }.map {
            "\(Table.printable($0.report)): \(CompletenessText.number($0.rowsContradicted)) rows contradict themselves; their entries say in what (tally usage export)."
        }
        return ([table.text] + details + contradictions).joined(separator: "\n")
    }

    private static func took(_ run: ConnectionRun) -> String {
        guard let start = run.startTime, let end = run.endTime else { return "–" }
        return ReportText.duration(max(0, end.seconds - start.seconds))
    }

    static func rows(_ runs: [ConnectionRun]) -> [[String]] {
        let time = { (timestamp: Timestamp?) in timestamp.map(CompletenessText.time) ?? "" }
        let header = [
            "id", "report", "start_time", "end_time", "outcome", "reason", "detail", "pages",
            "rows_recorded", "rows_corrected", "rows_unchanged", "rows_retracted", "through",
            "worker", "rows_contradicted",
        ]
        return [header]
            + runs.map {
                [
                    $0.id, $0.report, time($0.startTime), time($0.endTime), outcome($0.outcome),
                    $0.reason, $0.detail, "\($0.pages)", "\($0.rowsRecorded)",
                    "\($0.rowsCorrected)", "\($0.rowsUnchanged)", "\($0.rowsRetracted)",
                    time($0.through), $0.worker, "\($0.rowsContradicted)",
                ]
            }
    }

    static func outcome(_ outcome: ConnectionRunOutcome) -> String {
        switch outcome {
        case .running: "running"
        case .succeeded: "succeeded"
        case .interrupted: "interrupted"
        case .failed: "failed"
        case .refused: "refused"
        case .abandoned: "abandoned"
        default: outcome.name ?? "\(outcome.rawValue)"
        }
    }
}
