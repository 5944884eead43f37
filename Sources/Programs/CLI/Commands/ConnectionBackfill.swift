import API
import ArgumentParser
import Core
import Domain

struct ConnectionBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill", abstract: "Read a chosen span of a connection's past.",
        discussion: """
            For a gap, or for the time before the connection was made. Whole days of UTC. It goes on
            beside the pulls of the present, which go first; what was read before is corrected where the
            provider says something else now, and counts once. Days of which the provider tells nothing
            any more keep what was read. One at a time of a connection.

            Examples:
              tally connection backfill OpenAI --from 2024-01-01 --through 2025-06-30
              tally connection backfill OpenAI --status
              tally connection backfill OpenAI --pause
              tally connection backfill OpenAI --resume
              tally connection backfill OpenAI --cancel
            """)

    @Argument(help: "The connection's name or id, from tally connection list.")
    var connection: String
    @Option(help: "First day, YYYY-MM-DD; 1,096 days ago at most.")
    var from: String?
    @Option(help: "Last day, YYYY-MM-DD. Default: today.")
    var through: String?
    @Flag(help: "How far the back-fills of the connection are, the newest first.")
    var status = false
    @Flag(help: "Pause the one that runs.")
    var pause = false
    @Flag(help: "Let the one that is paused, or was set aside, go on at once.")
    var resume = false
    @Flag(help: "End the one that is not over; what it read stays.")
    var cancel = false
    @OptionGroup var output: FormatOption

    private var action: ChangeConnectionBackfillRequest.Action? {
        if pause { return .pause }
        if resume { return .resume }
        return cancel ? .cancel : nil
    }

    func validate() throws {
        guard [status, pause, resume, cancel, from != nil].count(where: { $0 }) == 1 else {
            throw ValidationError("Give one of --from, --status, --pause, --resume and --cancel.")
        }
        guard through == nil || from != nil else {
            throw ValidationError("--through goes with --from.")
        }
        _ = try request("")
    }

    func request(_ id: String) throws -> BackfillConnectionRequest {
        BackfillConnectionRequest(
            id: id, from: try from.map { try Self.day($0, "--from", after: 0) },
            // The span ends where the last day does.
            through: try through.map { try Self.day($0, "--through", after: 1) })
    }

    private static func day(
        _ text: String, _ name: String, after days: Int64
    ) throws -> Timestamp {
        do {
            let day = Int64(try CivilDate(text).dayNumber) + days
            return Timestamp(Instant(seconds: day * 86_400))
        } catch {
            throw ValidationError("\(name) is a day such as 2025-01-31.")
        }
    }

    func run() async throws {
        let backfills = try await Session.run { session in
            let found = try ConnectionReplaceKey.find(
                connection, among: try await ConnectionList.all(session))
            if from != nil {
                return [
                    try await session.write(
                        ConnectionServiceMethods.BackfillConnection.self, try request(found.id))
                ]
            }
            let there = try await session.read(
                ConnectionServiceMethods.ListConnectionBackfills.self,
                ListConnectionBackfillsRequest(id: found.id)
            ).backfills
            guard let action else { return there }
            guard let current = there.first(where: { $0.endTime == nil }) else {
                throw Failure(
                    "No back-fill of the connection is under way.",
                    remedy: "See tally connection backfill --status.")
            }
            return [
                try await session.write(
                    ConnectionServiceMethods.ChangeConnectionBackfill.self,
                    ChangeConnectionBackfillRequest(id: current.id, action: action))
            ]
        }
        try output.print(
            ListConnectionBackfillsResponse(backfills: backfills),
            table: { Self.table(backfills) }, csv: { Self.rows(backfills) })
    }

    /// How far one is, in a line; empty of none.
    static func progress(_ backfill: ConnectionBackfill?) -> String {
        guard let backfill else { return "" }
        let time = { (timestamp: Timestamp?) in timestamp.map(CompletenessText.time) ?? "–" }
        return "\(state(backfill.state)), \(backfill.percent) % of \(time(backfill.from)) to "
            + "\(time(backfill.through))"
    }

    static func table(_ backfills: [ConnectionBackfill]) -> String {
        guard !backfills.isEmpty else { return "The connection has had no back-fill." }
        let time = { (timestamp: Timestamp?) in timestamp.map(CompletenessText.time) ?? "–" }
        var table = Table([
            .init("From"), .init("Through"), .init("Report"), .init("State"),
            .init("Done", .right), .init("Days read", .right), .init("Read through"),
            .init("Pages", .right), .init("New rows", .right), .init("Changed", .right),
        ])
        for backfill in backfills {
            for report in backfill.reports {
                table.add([
                    time(backfill.from), time(backfill.through), report.name,
                    report.setAsideReason.isEmpty ? state(report.state) : "set aside",
                    "\(report.percent) %", "\(report.daysRead) of \(report.days)",
                    time(report.readThrough), CompletenessText.number(report.pages),
                    CompletenessText.number(report.rowsRecorded),
                    CompletenessText.number(report.rowsCorrected),
                ])
            }
        }
        let errors = backfills.flatMap(\.reports).filter { !$0.lastError.isEmpty }.map {
            "\(Table.printable($0.name)): \(Table.printable($0.lastError))"
        }
        return ([table.text] + errors).joined(separator: "\n")
    }

    static func rows(_ backfills: [ConnectionBackfill]) -> [[String]] {
        let time = { (timestamp: Timestamp?) in timestamp.map(CompletenessText.time) ?? "" }
        let header = [
            "id", "from", "through", "report", "state", "percent", "days", "days_read", "read_from",
            "read_through", "pages", "rows_recorded", "rows_corrected", "rows_unchanged",
            "rows_retracted", "last_error", "set_aside_reason",
        ]
        return [header]
            + backfills.flatMap { backfill in
                backfill.reports.map {
                    [
                        backfill.id, time(backfill.from), time(backfill.through), $0.name,
                        state($0.state), "\($0.percent)", "\($0.days)", "\($0.daysRead)",
                        time($0.readFrom), time($0.readThrough), "\($0.pages)",
                        "\($0.rowsRecorded)", "\($0.rowsCorrected)", "\($0.rowsUnchanged)",
                        "\($0.rowsRetracted)", $0.lastError, $0.setAsideReason,
                    ]
                }
            }
    }

    static func state(_ state: ConnectionBackfill.State) -> String {
        switch state {
        case .running: "running"
        case .paused: "paused"
        case .done: "done"
        case .cancelled: "cancelled"
        default: "\(state.rawValue)"
        }
    }
}
