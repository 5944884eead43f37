import API
import ArgumentParser
import Core
import Domain

struct UsageSummary: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: "What any part of the spend comes to, by any dimensions.",
        discussion: """
            Rows and all others sum to the total, to the last place. CSV has a column more
            for each dimension, which tells what has no value from an empty one. What was told
            of twice, by events of two sources with one provider_request_id, counts once: the
            line "Told of twice" is no part of the total. Which source counts is said by
            tally source rank.

            Examples:
              tally usage summary --by team --by model
              tally usage summary --by tag:env --by month --days 90 --format csv
              tally usage summary --by run --by status --days 7 --filter session=s-81
              tally usage summary --by user --filter team=search --without feature
            """)

    @OptionGroup var span: SpanOptions
    @Option(
        name: .customLong("by"),
        help: "A dimension, day, week or month, up to 6 of them; see tally usage --help.")
    var breakdowns: [String] = []
    @OptionGroup var filter: FilterOptions
    @Option(help: "How many rows, 1 to 1,000.")
    var limit: Int32 = 100
    @OptionGroup var basis: BasisOption
    @OptionGroup var known: KnownAtOption
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard (1...1_000).contains(limit) else { throw ValidationError("--limit is 1 to 1,000.") }
        guard breakdowns.count <= 6 else { throw ValidationError("--by is given 6 times at most.") }
    }

    func run() async throws {
        let (report, first, last) = try await Session.run { session in
            let (first, last) = try await span.span { try await session.today() }
            let report = try await session.read(
                IngestionServiceMethods.UsageSummary.self,
                UsageSummaryRequest(
                    from: Date(first), through: Date(last), basis: basis.wire,
                    breakdowns: breakdowns, filters: filter.filters, limit: limit,
                    knownAt: known.timestamp))
            return (report, first, last)
        }
        try output.print(
            report,
            table: { UsageSummaryText.table(report, by: breakdowns, span: "\(first) to \(last)") },
            csv: { UsageSummaryText.rows(report, by: breakdowns) })
    }
}

/// A summary as it is printed.
enum UsageSummaryText {
    static func table(
        _ report: UsageSummaryResponse, by breakdowns: [String], span: String
    ) -> String {
        // Without a breakdown the total says it all.
        let names = breakdowns.isEmpty ? [""] : breakdowns
        var table = Table(
            names.map { .init($0) } + [
                .init("Cost", .decimal), .init("Requests", .right), .init("Tokens", .right),
                .init("Unpriced", .right),
            ])
        if !breakdowns.isEmpty {
            for row in report.rows {
                table.add(row.values.map(UsageText.value) + cells(row.figures))
            }
            table.rule()
        }
        let blanks = names.dropFirst().map { _ in "" }
        if report.otherRows > 0 {
            table.add(
                ["\(CompletenessText.number(report.otherRows)) others"] + blanks
                    + cells(report.other))
        }
        table.add(["Total"] + blanks + cells(report.total))
        if let suppressed = report.suppressed, suppressed.requests > 0 {
            table.add(["Told of twice"] + blanks + cells(suppressed))
        }
        return """
            Usage, \(report.total?.cost?.currencyCode ?? ""), \(span)

            \(table.text)

            \(CompletenessText.text(report.completeness))
            """
    }

    private static func cells(_ figures: UsageFigures?) -> [String] {
        [
            MoneyText.display(figures?.cost), CompletenessText.number(figures?.requests ?? 0),
            CompletenessText.number(figures?.tokens ?? 0),
            UsageText.count(figures?.unpricedEntries ?? 0),
        ]
    }

    static func rows(_ report: UsageSummaryResponse, by breakdowns: [String]) -> [[String]] {
        let header =
            ["row"] + breakdowns.flatMap { [$0, "\($0) absent"] } + UsageText.figuresHeader
        let completeness = CompletenessText.csv(report.completeness)
        let rows = report.rows.map { row in
            ["row"] + row.values.flatMap { [$0.value, "\($0.absent)"] }
                + UsageText.figures(row.figures)
        }
        let blanks = breakdowns.flatMap { _ in ["", ""] }
        let suppressed = report.suppressed.flatMap { $0.requests > 0 ? $0 : nil }
        let rest = [
            ("other", report.other), ("total", report.total), ("suppressed", suppressed),
        ].compactMap { name, figures in
            name == "suppressed" && figures == nil
                ? nil : [name] + blanks + UsageText.figures(figures)
        }
        return [header + CompletenessText.csvHeader] + (rows + rest).map { $0 + completeness }
    }
}
