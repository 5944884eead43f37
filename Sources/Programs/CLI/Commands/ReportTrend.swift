import API
import ArgumentParser
import Core
import Domain

struct ReportTrend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trend", abstract: "Cost, requests and tokens per hour, day, week or month.",
        discussion: """
            A table shows the points below a plot, or the months where there are more than
            62 days; a tilde marks what may still change. JSON and CSV always have what
            --by says. Weeks begin on Monday; hours are those of the organization's clock.

            Examples:
              tally report trend
              tally report trend --days 90
              tally report trend --days 2 --by hour
              tally report trend --filter team=search --filter model=gpt-4o
              tally report trend --from 2026-09-01 --through 2026-09-30 --format csv
            """)

    @OptionGroup var span: SpanOptions
    @Option(name: .customLong("by"), help: "hour (of at most 31 days), day, week or month.")
    var step: StepArgument = .day
    @OptionGroup var filter: FilterOptions
    @OptionGroup var basis: BasisOption
    @OptionGroup var known: KnownAtOption
    @OptionGroup var output: FormatOption

    func run() async throws {
        let report = try await Session.run { session in
            let (first, last) = try await span.span { try await session.today() }
            return try await session.read(
                IngestionServiceMethods.UsageTrend.self,
                UsageTrendRequest(
                    from: Date(first), through: Date(last), basis: basis.wire,
                    step: step.step, filters: filter.filters, knownAt: known.timestamp))
        }
        try output.print(
            report,
            table: { try TrendText.table(report, by: step, columns: Terminal.columns) },
            csv: { TrendText.rows(report, by: step) })
    }
}

/// What a point of a trend stands for, as the command line has it.
enum StepArgument: String, ExpressibleByArgument, CaseIterable {
    case hour, day, week, month

    var step: TrendStep {
        switch self {
        case .hour: .hour
        case .day: .day
        case .week: .week
        case .month: .month
        }
    }

    /// Above the column of its first instants.
    var title: String {
        switch self {
        case .hour: "Hour"
        case .day: "Day"
        case .week: "Week from"
        case .month: "Month"
        }
    }
}

/// A trend as it is printed.
enum TrendText {
    /// Days beyond which a table shows months.
    static let dayCountMax = 62

    static func table(
        _ report: UsageTrendResponse, by step: StepArgument, columns: Int
    ) throws -> String {
        let currency = report.total?.currencyCode ?? ""
        let first = report.points.first.map { name($0, step) } ?? ""
        let last = report.points.last.map { name($0, step) } ?? ""
        return """
            Cost per \(step), \(currency), \(first) to \(last)

            \(try plot(report, by: step, columns: columns))

            \(try figures(report, by: step))

            \(CompletenessText.text(report.completeness))
            """
    }

    private static func plot(
        _ report: UsageTrendResponse, by step: StepArgument, columns: Int
    ) throws -> String {
        let costs = try report.points.map { try $0.cost.map { try Domain.Money(wire: $0) } }
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
                    + "each column: \(plot.amountsPerColumn) \(step)s")
        }
        return lines.joined(separator: "\n")
    }

    private static func figures(
        _ report: UsageTrendResponse, by step: StepArgument
    ) throws -> String {
        let isByMonth = step == .day && report.points.count > dayCountMax
        var table = Table([
            .init(isByMonth ? StepArgument.month.title : step.title),
            .init("Cost", .decimal), .init(""), .init("Requests", .right),
            .init("Tokens", .right),
        ])
        let points = report.points.map { Line($0, name: name($0, step)) }
        for line in isByMonth ? try months(report.points) : points {
            table.add([
                line.name, MoneyText.display(line.cost), line.isProvisional ? "~" : "",
                CompletenessText.number(line.requests), CompletenessText.number(line.tokens),
            ])
        }
        table.rule()
        let total = Line(report.points)
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

        init(_ point: TrendPoint, name: String) {
            self.name = name
            cost = point.cost
            requests = point.requests
            tokens = point.tokens
            isProvisional = point.provisional
        }

        /// The counts of points together.
        init(_ points: [TrendPoint]) {
            requests = points.reduce(0) { $0 &+ $1.requests }
            tokens = points.reduce(0) { $0 &+ $1.tokens }
            isProvisional = points.contains(where: \.provisional)
        }
    }

    /// The first instant of a point, as exactly as its step needs.
    private static func name(_ point: TrendPoint, _ step: StepArgument) -> String {
        switch step {
        case .hour: localTime(point)
        case .day, .week: point.date?.text ?? ""
        case .month: String((point.date?.text ?? "").prefix(7))
        }
    }

    /// `2026-10-25T02:00+01:00`, by the organization's clock.
    static func localTime(_ point: TrendPoint) -> String {
        let offset = Int64(point.utcOffsetSeconds)
        guard let start = try? point.startTime?.instant() else { return "" }
        let two = { (number: Int64) in number < 10 ? "0\(number)" : "\(number)" }
        let minutes = Int64((offset < 0 ? -offset : offset) / 60)
        let clock = start.advanced(bySeconds: offset).rfc3339.prefix(16)
        return "\(clock)\(offset < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
    }

    /// Calendar months, exact sums of the days that are asked for.
    private static func months(_ days: [TrendPoint]) throws -> [Line] {
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

    static func rows(_ report: UsageTrendResponse, by step: StepArgument) -> [[String]] {
        guard step == .day else { return pointRows(report) }
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

    private static func pointRows(_ report: UsageTrendResponse) -> [[String]] {
        let header = [
            "start_time", "end_time", "local_start", "cost", "currency", "requests", "tokens",
            "point_provisional",
        ]
        let completeness = CompletenessText.csv(report.completeness)
        return [header + CompletenessText.csvHeader]
            + report.points.map { point in
                [
                    point.startTime.map(CompletenessText.time) ?? "",
                    point.endTime.map(CompletenessText.time) ?? "", localTime(point),
                    MoneyText.exact(point.cost), point.cost?.currencyCode ?? "",
                    "\(point.requests)", "\(point.tokens)", "\(point.provisional)",
                ] + completeness
            }
    }
}
