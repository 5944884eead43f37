import API
import ArgumentParser

struct ReportBudget: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "budget", abstract: "Budget, spend and forecast of every unit that has one.",
        discussion: """
            Spend is that of the unit and all below it. The forecast is an estimate of
            the whole month; the truth should lie in its range eight times in ten.

            Examples:
              tally report budget
              tally report budget --month last
            """)

    @Option(help: "A month: YYYY-MM, this or last.")
    var month: MonthArgument = .this
    @OptionGroup var output: FormatOption

    func run() async throws {
        let report = try await Session.run { session in
            var request = GetBudgetStatusRequest()
            if month != .this {
                request.month = Month(try await month.month { try await session.today() })
            }
            return try await session.read(
                BudgetingServiceMethods.GetBudgetStatus.self, request)
        }
        try output.print(report, table: { BudgetText.table(report) }) { BudgetText.rows(report) }
    }
}

/// Budgets as they are printed.
enum BudgetText {
    static func table(_ report: BudgetStatusReport) -> String {
        var table = Table([
            .init("Unit"), .init("Budget", .decimal), .init("Spent", .decimal),
            .init("Remaining", .decimal), .init("State"), .init("Forecast ≈", .decimal),
            .init("80 % range"),
        ])
        for status in report.statuses {
            let forecast = status.forecast
            let range = forecast.map {
                "\(MoneyText.estimate($0.low80)) to \(MoneyText.estimate($0.high80))"
            }
            table.add([
                status.budget?.unitCode ?? "", MoneyText.display(status.budget?.monthlyAmount),
                MoneyText.display(status.spent), MoneyText.display(status.remaining),
                state(status.state), forecast.map { MoneyText.estimate($0.mean) } ?? "",
                range ?? "",
            ])
        }
        let currency = report.statuses.first?.spent?.currencyCode ?? ""
        let body =
            report.statuses.isEmpty
            ? "No unit has a budget: see tally budget set --help." : table.text
        return """
            Budgets \(report.month?.text ?? ""), \(currency)

            \(body)

            \(CompletenessText.text(report.completeness))
            """
    }

    static func rows(_ report: BudgetStatusReport) -> [[String]] {
        let header = [
            "month", "unit_code", "monthly_amount", "spent", "remaining", "state",
            "forecast_mean", "forecast_low_80", "forecast_high_80", "currency",
        ]
        let completeness = CompletenessText.csv(report.completeness)
        return [header + CompletenessText.csvHeader]
            + report.statuses.map { status in
                [
                    report.month?.text ?? "", status.budget?.unitCode ?? "",
                    MoneyText.exact(status.budget?.monthlyAmount), MoneyText.exact(status.spent),
                    MoneyText.exact(status.remaining), state(status.state),
                    MoneyText.exact(status.forecast?.mean),
                    MoneyText.exact(status.forecast?.low80),
                    MoneyText.exact(status.forecast?.high80),
                    status.spent?.currencyCode ?? "",
                ] + completeness
            }
    }

    private static func state(_ state: BudgetStatus.State) -> String {
        switch state {
        case .onTrack: "on track"
        case .atRisk: "at risk"
        case .over: "over"
        default: state.name ?? "\(state.rawValue)"
        }
    }
}

struct ReportForecast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast", abstract: "What the current month will come to. An estimate.",
        discussion: """
            Example:
              tally report forecast
            """)

    @OptionGroup var output: FormatOption

    func run() async throws {
        let forecast = try await Session.run {
            try await $0.read(
                BudgetingServiceMethods.GetMonthEndForecast.self, GetMonthEndForecastRequest())
        }
        try output.print(forecast, table: { ForecastText.text(forecast) }) {
            ForecastText.rows(forecast)
        }
    }
}

/// A forecast as it is printed.
enum ForecastText {
    static func text(_ forecast: MonthEndForecast) -> String {
        let estimate = forecast.estimate
        var table = Table([.init(""), .init("", .decimal)])
        table.add(["Spent so far", MoneyText.display(forecast.spent)])
        table.add(["Whole month ≈", MoneyText.estimate(estimate?.mean)])
        let lines = table.text.split(separator: "\n").dropFirst(2).joined(separator: "\n")
        let range = { (low: Money?, high: Money?) in
            "\(MoneyText.estimate(low)) to \(MoneyText.estimate(high))"
        }
        return """
            Forecast \(forecast.month?.text ?? ""), \(forecast.spent?.currencyCode ?? ""), an \
            estimate from \(forecast.historyDays) days of history

            \(lines)
            Eight times in ten:       \(range(estimate?.low80, estimate?.high80))
            Nineteen times in twenty: \(range(estimate?.low95, estimate?.high95))

            \(CompletenessText.text(forecast.completeness))
            """
    }

    static func rows(_ forecast: MonthEndForecast) -> [[String]] {
        let header = [
            "month", "spent", "mean", "low_80", "high_80", "low_95", "high_95", "currency",
            "history_days",
        ]
        let estimate = forecast.estimate
        let row = [
            forecast.month?.text ?? "", MoneyText.exact(forecast.spent),
            MoneyText.exact(estimate?.mean), MoneyText.exact(estimate?.low80),
            MoneyText.exact(estimate?.high80), MoneyText.exact(estimate?.low95),
            MoneyText.exact(estimate?.high95), forecast.spent?.currencyCode ?? "",
            "\(forecast.historyDays)",
        ]
        return [
            header + CompletenessText.csvHeader, row + CompletenessText.csv(forecast.completeness),
        ]
    }
}
