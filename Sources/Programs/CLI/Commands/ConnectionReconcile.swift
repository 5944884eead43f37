import API
import ArgumentParser
import Core
import Domain

struct ConnectionReconcile: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Why a provider's bill, its usage report and the events differ.",
        discussion: """
            Days are those of UTC, as bills have them. The table shows the days and models that
            differ; csv and json have all rows.

            Causes: timing (not final yet, or on the day before or after), credit, other charge
            (such as a fee), price (the bill has another one), unpriced (no price is known),
            rounding, missing usage (billed, not reported), unbilled usage, unexplained; and of
            events: missing events, surplus events, unmatched events (words that the
            provider's report has not), event price (another tier, region or context).

            Examples:
              tally connection reconcile OpenAI --month last
              tally connection reconcile OpenAI --from 2026-11-01 \\
                --through 2026-11-07 --format csv
            """)

    @Argument(help: "The connection's name or id, from tally connection list.")
    var connection: String
    @OptionGroup var span: SpanOptions
    @OptionGroup var output: FormatOption

    func run() async throws {
        let (report, first, last) = try await Session.run { session in
            let (first, last) = try await span.span { try await session.today() }
            // An id may be of a connection that is deleted; a name is not.
            let id =
                (try? ConnectionID(connection)) != nil
                ? connection
                : try ConnectionReplaceKey.find(
                    connection, among: try await ConnectionList.all(session)
                ).id
            let report = try await session.read(
                IngestionServiceMethods.ReconcileConnection.self,
                ReconcileConnectionRequest(
                    connectionID: id, from: Date(first), through: Date(last)))
            return (report, first, last)
        }
        try output.print(
            report, table: { ConnectionReconcileText.table(report, span: "\(first) to \(last)") },
            csv: { ConnectionReconcileText.rows(report) })
    }
}

/// A reconciliation as it is printed.
enum ConnectionReconcileText {
    static func table(_ report: ReconcileConnectionResponse, span: String) -> String {
        var sums = Table([.init("Cause"), .init("Amount", .decimal)])
        sums.add(["Billed", MoneyText.display(report.total?.billed)])
        for difference in differences(report.total, ofBill: true) {
            sums.add(["  \(name(difference.cause))", MoneyText.display(difference.amount)])
        }
        sums.add(["Usage at our prices", MoneyText.display(report.total?.usage)])
        if report.hasEvents {
            for difference in differences(report.total, ofBill: false) {
                sums.add(["  \(name(difference.cause))", MoneyText.display(difference.amount)])
            }
            sums.add(["Events at our prices", MoneyText.display(report.total?.events)])
        }
        var days = Table([
            .init("Day"), .init("Model or line"), .init("Billed", .decimal),
            .init("Usage", .decimal), .init("Why they differ"),
        ])
        let differing = report.rows.filter { !($0.figures?.differences ?? []).isEmpty }
        for row in differing {
            days.add([
                (row.day?.text ?? "") + (row.final ? "" : " (not final)"),
                row.lineItem.isEmpty ? row.model : row.lineItem,
                MoneyText.display(row.figures?.billed), MoneyText.display(row.figures?.usage),
                (row.figures?.differences ?? []).map {
                    "\(name($0.cause)) \(MoneyText.display($0.amount))"
                }.joined(separator: ", "),
            ])
        }
        let share =
            report.unexplainedShare.isEmpty
            ? "" : " (\(UsageTagsText.percent(report.unexplainedShare)) of the bill)"
        return """
            Bill, usage and events, \(report.total?.billed?.currencyCode ?? ""), \(span) (UTC)

            \(sums.text)
            \(differing.isEmpty ? "No day differs.\n" : days.text)
            Unexplained: \(MoneyText.display(report.unexplained))\(share)

            \(CompletenessText.text(report.completeness))
            """
    }

    static func rows(_ report: ReconcileConnectionResponse) -> [[String]] {
        let causes = (1...12).map { ReconciliationCause(rawValue: $0) }
        let header =
            ["row", "day", "model", "line_item", "final", "currency", "billed", "usage", "events"]
            + causes.map { name($0).replacing(" ", with: "_") }
        let cells = { (figures: ReconciledFigures?) in
            [
                figures?.billed?.currencyCode ?? "", figures?.billed?.amount ?? "",
                figures?.usage?.amount ?? "", figures?.events?.amount ?? "",
            ]
                + causes.map { cause in
                    figures?.differences.first { $0.cause == cause }?.amount?.amount ?? ""
                }
        }
        let rows = report.rows.map { row in
            ["day", row.day?.text ?? "", row.model, row.lineItem, row.final ? "yes" : "no"]
                + cells(row.figures)
        }
        let total = [["total", "", "", "", ""] + cells(report.total)]
        let completeness = CompletenessText.csv(report.completeness)
        return [header + CompletenessText.csvHeader] + (rows + total).map { $0 + completeness }
    }

    /// `RECONCILIATION_CAUSE_OTHER_CHARGE` as `other charge`.
    static func name(_ cause: ReconciliationCause) -> String {
        guard let name = cause.name else { return "\(cause.rawValue)" }
        return name.dropFirst("RECONCILIATION_CAUSE_".count).lowercased().replacing("_", with: " ")
    }

    private static func differences(
        _ figures: ReconciledFigures?, ofBill: Bool
    ) -> [ReconciliationDifference] {
        let ofEvents: [ReconciliationCause] = [
            .missingEvents, .surplusEvents, .unmatchedEvents, .eventPrice,
        ]
        return (figures?.differences ?? []).filter { ofEvents.contains($0.cause) != ofBill }
    }
}
