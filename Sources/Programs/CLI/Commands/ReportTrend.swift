import API
import ArgumentParser
import Core
import Domain

struct ReportTrend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trend", abstract: "Cost, requests and tokens per day.",
        discussion: """
            A table shows the days, or months where there are more than 62 days, below a
            plot; a tilde marks what may still change. JSON and CSV always have the
            days.

            Examples:
              tally report trend
              tally report trend --days 90
              tally report trend --from 2026-09-01 --through 2026-09-30 --format csv
            """)

    @OptionGroup var span: SpanOptions
    @OptionGroup var basis: BasisOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let report = try await Session.run { session in
            let (first, last) = try await span.span { try await session.today() }
            return try await session.read(
                IngestionServiceMethods.UsageTrend.self,
                UsageTrendRequest(
                    from: Date(first), through: Date(last), basis: basis.basis.basis))
        }
        try output.print(
            report, table: { try TrendText.table(report, columns: Terminal.columns) },
            csv: { TrendText.rows(report) })
    }
}

/// A trend as it is printed.
enum TrendText {
    /// Days beyond which a table shows months.
    static let dayCountMax = 62

    static func table(_ report: UsageTrendResponse, columns: Int) throws -> String {
        let currency = report.total?.currencyCode ?? ""
        let first = report.days.first?.date?.text ?? ""
        let last = report.days.last?.date?.text ?? ""
        return """
            Cost per day, \(currency), \(first) to \(last)

            \(try plot(report, columns: columns))

            \(try figures(report))

            \(CompletenessText.text(report.completeness))
            """
    }

    private static func plot(_ report: UsageTrendResponse, columns: Int) throws -> String {
        let costs = try report.days.map { try $0.cost.map { try Domain.Money(wire: $0) } }
        guard let currency = costs.lazy.compactMap({ $0?.currency }).first else {
            return "No cost."
        }
        let amounts = costs.map { $0?.picos ?? 0 }
        let margin = 14
        let plot = TrendPlot(amounts: amounts, width: max(10, min(columns, 200) - margin))
        let label = { (picos: Int128) in
            let money = API.Money(Domain.Money(picos: picos, currency: currency))
            let text = MoneyText.estimate(money)
            return String(repeating: " ", count: max(0, margin - 3 - text.count)) + text
        }
        var lines = plot.lines.enumerated().map { index, line in
            let mark = index == 0 ? label(plot.top) : String(repeating: " ", count: margin - 3)
            return "\(mark) ┤\(line)"
        }
        lines.append("\(label(0)) ┼" + String(repeating: "─", count: plot.lines[0].count))
        if plot.amountsPerColumn > 1 {
            lines.append(
                String(repeating: " ", count: margin - 1)
                    + "each column: \(plot.amountsPerColumn) days")
        }
        return lines.joined(separator: "\n")
    }

    private static func figures(_ report: UsageTrendResponse) throws -> String {
        let isByMonth = report.days.count > dayCountMax
        var table = Table([
            .init(isByMonth ? "Month" : "Day"), .init("Cost", .decimal), .init(""),
            .init("Requests", .right), .init("Tokens", .right),
        ])
        for line in isByMonth ? try months(report.days) : report.days.map(Line.init) {
            table.add([
                line.name, MoneyText.display(line.cost), line.isProvisional ? "~" : "",
                CompletenessText.number(line.requests), CompletenessText.number(line.tokens),
            ])
        }
        table.rule()
        let total = Line(report.days)
        table.add([
            "Total", MoneyText.display(report.total), "", CompletenessText.number(total.requests),
            CompletenessText.number(total.tokens),
        ])
        return table.text
    }

    private struct Line {
        var name = ""
        var cost: API.Money?
        var requests: Int64 = 0
        var tokens: Int64 = 0
        var isProvisional = false

        init(_ day: TrendDay) {
            name = day.date?.text ?? ""
            cost = day.cost
            requests = day.requests
            tokens = day.tokens
            isProvisional = day.provisional
        }

        /// The counts of days together.
        init(_ days: [TrendDay]) {
            requests = days.reduce(0) { $0 &+ $1.requests }
            tokens = days.reduce(0) { $0 &+ $1.tokens }
            isProvisional = days.contains(where: \.provisional)
        }
    }

    /// Calendar months, exact sums of the days that are asked for.
    private static func months(_ days: [TrendDay]) throws -> [Line] {
        var names: [String] = []
        let groups = Dictionary(grouping: days) { day in
            String((day.date?.text ?? "").prefix(7))
        }
        for day in days {
            let name = String((day.date?.text ?? "").prefix(7))
            if names.last != name { names.append(name) }
        }
        return try names.map { name in
            let days = groups[name] ?? []
            var line = Line(days)
            line.name = name
            let costs = try days.compactMap { try $0.cost.map { try Domain.Money(wire: $0) } }
            if let first = costs.first {
                line.cost = API.Money(
                    try costs.dropFirst().reduce(first) { try $0.adding($1) })
            }
            return line
        }
    }

    static func rows(_ report: UsageTrendResponse) -> [[String]] {
        let header = ["date", "cost", "currency", "requests", "tokens", "day_provisional"]
        let completeness = CompletenessText.csv(report.completeness)
        return [header + CompletenessText.csvHeader]
            + report.days.map { day in
                [
                    day.date?.text ?? "", MoneyText.exact(day.cost), day.cost?.currencyCode ?? "",
                    "\(day.requests)", "\(day.tokens)", "\(day.provisional)",
                ] + completeness
            }
    }
}
