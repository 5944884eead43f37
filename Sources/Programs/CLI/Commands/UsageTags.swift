import API
import ArgumentParser
import Core
import Domain

struct UsageTags: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tags", abstract: "How much of the money carries which tag, and which none.",
        discussion: """
            Without --dimension, the 100 tags that most money carries.

            Examples:
              tally usage tags
              tally usage tags --month last --dimension tag:env --dimension team
              tally usage tags --filter provider=openai --format csv
            """)

    @OptionGroup var span: SpanOptions
    @Option(
        name: .customLong("dimension"),
        help: "A dimension, up to 100 of them; see tally usage --help.")
    var dimensions: [String] = []
    @OptionGroup var filter: FilterOptions
    @OptionGroup var basis: BasisOption
    @OptionGroup var known: KnownAtOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let (report, first, last) = try await Session.run { session in
            let (first, last) = try await span.span { try await session.today() }
            let report = try await session.read(
                IngestionServiceMethods.TagCoverage.self,
                TagCoverageRequest(
                    from: Date(first), through: Date(last), basis: basis.wire,
                    dimensions: dimensions, filters: filter.filters,
                    knownAt: known.timestamp))
            return (report, first, last)
        }
        try output.print(
            report, table: { UsageTagsText.table(report, span: "\(first) to \(last)") },
            csv: { UsageTagsText.rows(report) })
    }
}

/// Coverage by tags as it is printed.
enum UsageTagsText {
    static func table(_ report: TagCoverageResponse, span: String) -> String {
        var table = Table([
            .init("Dimension"), .init("Carries it", .decimal), .init("Does not", .decimal),
            .init("Share", .decimal),
        ])
        for dimension in report.dimensions {
            table.add([
                dimension.dimension, MoneyText.display(dimension.covered?.cost),
                MoneyText.display(dimension.absent?.cost), percent(dimension.share),
            ])
        }
        table.rule()
        table.add(["No tag at all", "", MoneyText.display(report.untagged?.cost)])
        table.add(["Total", "", MoneyText.display(report.total?.cost)])
        let others =
            report.otherTags == 0
            ? "" : "\nNot shown: \(CompletenessText.number(report.otherTags)) more tags.\n"
        return """
            Tags by cost, \(report.total?.cost?.currencyCode ?? ""), \(span)

            \(table.text)
            \(others)
            \(CompletenessText.text(report.completeness))
            """
    }

    /// `0.123456` as `12.3456 %`.
    static func percent(_ share: String) -> String {
        let sign = share.hasPrefix("-") ? "-" : ""
        let parts = share.dropFirst(sign.count).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 6 else { return share }
        let whole = (parts[0] + parts[1].prefix(2)).drop { $0 == "0" }
        return "\(sign)\(whole.isEmpty ? "0" : whole).\(parts[1].dropFirst(2)) %"
    }

    static func rows(_ report: TagCoverageResponse) -> [[String]] {
        let header = ["row", "dimension", "share"] + UsageText.figuresHeader
        let completeness = CompletenessText.csv(report.completeness)
        let rows = report.dimensions.flatMap { dimension in
            [
                ["covered", dimension.dimension, dimension.share]
                    + UsageText.figures(dimension.covered),
                ["absent", dimension.dimension, ""] + UsageText.figures(dimension.absent),
            ]
        }
        let rest = [("untagged", report.untagged), ("total", report.total)].map {
            [$0, "", ""] + UsageText.figures($1)
        }
        return [header + CompletenessText.csvHeader] + (rows + rest).map { $0 + completeness }
    }
}
