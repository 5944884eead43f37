import API
import ArgumentParser

struct ConnectionActivity: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activity", abstract: "What people did with coding tools, person by person.",
        discussion: """
            Of Claude Code, as Anthropic counts it: over all connections, or of one.
            Who worked most stands first. Costs are the provider's estimate, and in no
            total: the same tokens stand in usage and on the bill, or are a seat's.
            Days are those of UTC. It names people: owners, admins and auditors see it.

            Examples:
              tally connection activity --month last
              tally connection activity Anthropic --days 7 --format csv
            """)

    @Argument(help: "A connection's name or id, from tally connection list. Default: all.")
    var connection: String?
    @OptionGroup var span: SpanOptions
    @OptionGroup var output: FormatOption

    func run() async throws {
        let (response, first, last) = try await Session.run { session in
            let (first, last) = try await span.span { try await session.today() }
            var request = ListCodingActivityRequest(
                from: Date(first), through: Date(last), pageSize: 1000)
            if let connection {
                request.connectionID = try await ConnectionName.id(of: connection, session)
            }
            var all = ListCodingActivityResponse()
            repeat {
                let page = try await session.read(
                    ConnectionServiceMethods.ListCodingActivity.self, request)
                all.activity += page.activity
                all.readThrough = page.readThrough
                request.pageToken = page.nextPageToken
            } while !request.pageToken.isEmpty
            all.activity.sort { ($1.sessions, $0.actor) < ($0.sessions, $1.actor) }
            return (all, first, last)
        }
        try output.print(
            response, table: { Self.table(response, span: "\(first) to \(last)") },
            csv: { Self.rows(response.activity) })
    }

    static func table(_ response: ListCodingActivityResponse, span: String) -> String {
        var table = Table([
            .init("Who"), .init("Days", .right), .init("Last"), .init("Sessions", .right),
            .init("Lines +", .right), .init("Lines −", .right), .init("Commits", .right),
            .init("Pull requests", .right), .init("Taken", .right), .init("Tokens", .right),
            .init("Estimated cost", .decimal),
        ])
        let number = CompletenessText.number
        for row in response.activity {
            table.add([
                row.actor, number(row.days), row.lastDay?.text ?? "–", number(row.sessions),
                number(row.linesAdded), number(row.linesRemoved), number(row.commits),
                number(row.pullRequests), taken(row), number(tokens(row)),
                row.estimatedCosts.map { MoneyText.display($0) }.joined(separator: ", "),
            ])
        }
        let read = response.readThrough.map(CompletenessText.time)
        let through = read.map { "Read through \($0)." } ?? "Not all of it was read yet."
        return "\(table.text)\n\n\(span), days of UTC. \(through)"
    }

    static func rows(_ activity: [CodingActivity]) -> [[String]] {
        let header = [
            "actor", "person", "days", "last_day", "sessions", "lines_added", "lines_removed",
            "commits", "pull_requests", "suggestions_accepted", "suggestions_rejected",
            "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens",
            "estimated_cost", "currency",
        ]
        // A line for each currency: the counts stand on the first alone, so that columns add up.
        return [header]
            + activity.flatMap { row in
                let who = [row.actor, "\(row.person)"]
                let counts = [
                    "\(row.days)", row.lastDay?.text ?? "", "\(row.sessions)",
                    "\(row.linesAdded)", "\(row.linesRemoved)", "\(row.commits)",
                    "\(row.pullRequests)", "\(row.suggestionsAccepted)",
                    "\(row.suggestionsRejected)", "\(row.inputTokens)", "\(row.cacheReadTokens)",
                    "\(row.cacheWriteTokens)", "\(row.outputTokens)",
                ]
                let costs =
                    row.estimatedCosts.isEmpty
                    ? [["", ""]]
                    : row.estimatedCosts.map { [MoneyText.exact($0), $0.currencyCode] }
                return costs.enumerated().map { index, cost in
                    who + (index == 0 ? counts : counts.map { _ in "" }) + cost
                }
            }
    }

    /// Of the changes that were suggested, in percent; as a dash where none was.
    private static func taken(_ row: CodingActivity) -> String {
        let all = row.suggestionsAccepted.addingReportingOverflow(row.suggestionsRejected)
        guard !all.overflow, all.partialValue > 0 else { return "–" }
        return "\(Int128(row.suggestionsAccepted) * 100 / Int128(all.partialValue)) %"
    }

    private static func tokens(_ row: CodingActivity) -> Int64 {
        [row.inputTokens, row.cacheReadTokens, row.cacheWriteTokens, row.outputTokens]
            .reduce(0) { sum, part in
                let (all, overflow) = sum.addingReportingOverflow(part)
                return overflow ? .max : all
            }
    }
}
