import API

/// How the reports of a connection are doing, for people.
enum ReportText {
    static func table(_ reports: [ConnectionReport]) -> String {
        var table = Table([
            .init("Report"), .init("Health"), .init("Read through"), .init("Lag", .right),
            .init("Final before"), .init("Next pull"),
        ])
        for report in reports {
            table.add([
                report.name, ConnectionList.health(report.health), time(report.through),
                report.through == nil ? "–" : duration(report.lagSeconds),
                time(report.finalThrough), next(report),
            ])
        }
        return table.text
    }

    /// What is wrong with each report, with its remedy; empty where all are well.
    static func errors(_ reports: [ConnectionReport]) -> String {
        reports.filter { !$0.lastError.isEmpty }
            .map { "\(Table.printable($0.name)): \(error(of: $0))" }.joined(separator: "\n")
    }

    /// Servers say the report's name in front of some errors.
    private static func error(of report: ConnectionReport) -> String {
        let prefix = "\(report.name): "
        let error = report.lastError
        return Table.printable(
            error.hasPrefix(prefix) ? String(error.dropFirst(prefix.count)) : error)
    }

    private static func next(_ report: ConnectionReport) -> String {
        if report.running { return "now" }
        if !report.setAsideReason.isEmpty { return "set aside: \(report.setAsideReason)" }
        return time(report.nextRunTime)
    }

    private static func time(_ time: Timestamp?) -> String {
        time.map(CompletenessText.time) ?? "–"
    }

    /// Such as `3 h 05 m`, in the two largest units there are.
    static func duration(_ seconds: Int64) -> String {
        let two = { (value: Int64) in value < 10 ? "0\(value)" : "\(value)" }
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) m \(two(seconds % 60)) s"
        case ..<86_400: return "\(seconds / 3600) h \(two(seconds / 60 % 60)) m"
        default: return "\(seconds / 86_400) d \(two(seconds / 3600 % 24)) h"
        }
    }
}
