import API
import ArgumentParser
import Core
import Domain

/// `tally report`.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "What was spent, by whom, on what, and where it is going.",
        discussion: """
            Every report ends with how complete it is: the basis, until when figures are
            final, what has no price, what no unit answers for, and when each source was
            last read. In CSV each row carries it. Amounts are exact; only forecasts are
            rounded.
            """,
        subcommands: [
            ReportChargeback.self, ReportTrend.self, ReportModels.self, ReportBudget.self,
            ReportForecast.self,
        ])
}

/// Bases as the command line has them.
enum BasisArgument: String, ExpressibleByArgument, CaseIterable {
    case effective, metered, billed

    var basis: API.Basis {
        switch self {
        case .effective: .effective
        case .metered: .metered
        case .billed: .billed
        }
    }
}

struct BasisOption: ParsableArguments {
    @Option(
        help: """
            effective: billed where the bill is final, metered where not yet; metered: quantities \
            times catalogue prices; billed: what providers charge. Default: effective.
            """)
    var basis: BasisArgument?

    var wire: API.Basis { basis?.basis ?? .unspecified }
}

/// A month as the command line has it.
enum MonthArgument: ExpressibleByArgument, Equatable {
    case month(CivilMonth)
    case this
    case last

    init?(argument: String) {
        switch argument {
        case "this": self = .this
        case "last": self = .last
        default:
            let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
                let year = Int(parts[0]), let month = Int(parts[1]),
                let civil = try? CivilMonth(year: year, month: month)
            else { return nil }
            self = .month(civil)
        }
    }

    /// The month that is meant, today being in the organization's zone.
    func month(today: () async throws -> CivilDate) async throws -> CivilMonth {
        switch self {
        case .month(let month): month
        case .this: try await today().monthOfYear
        case .last: try await today().monthOfYear.previous
        }
    }
}

/// A day as the command line has it: `2026-11-21`.
struct DayArgument: ExpressibleByArgument, Equatable {
    let date: CivilDate

    init?(argument: String) {
        guard let date = try? CivilDate(argument) else { return nil }
        self.date = date
    }
}

/// The options that choose a span of days.
struct SpanOptions: ParsableArguments {
    @Option(help: "The last so many days, today included, 1 to 366.")
    var days: Int?
    @Option(help: "A month: YYYY-MM, this or last.")
    var month: MonthArgument?
    @Option(help: "First day, YYYY-MM-DD; with --through.")
    var from: DayArgument?
    @Option(help: "Last day, YYYY-MM-DD; with --from.")
    var through: DayArgument?

    func validate() throws {
        let isSpan = from != nil || through != nil
        guard [days != nil, month != nil, isSpan].filter({ $0 }).count <= 1 else {
            throw ValidationError("Give one of --days, --month, or --from with --through.")
        }
        guard (from == nil) == (through == nil) else {
            throw ValidationError("--from and --through go together.")
        }
        if let days, !(1...366).contains(days) { throw ValidationError("--days is 1 to 366.") }
        if let from, let through, through.date < from.date {
            throw ValidationError("--through is before --from.")
        }
    }

    /// First and last day; without any option the last 30 days.
    func span(today: () async throws -> CivilDate) async throws -> (CivilDate, CivilDate) {
        if let from, let through { return (from.date, through.date) }
        if let month {
            let month = try await month.month(today: today)
            return (month.firstDay, month.lastDay)
        }
        let last = try await today()
        return (last.advanced(byDays: 1 - (days ?? 30)), last)
    }
}

extension API.Date {
    /// `2026-11-21`, also where the calendar has no such day.
    var text: String {
        let two = { (number: Int32) in number < 10 ? "0\(number)" : "\(number)" }
        return "\(year)-\(two(month))-\(two(day))"
    }
}

extension API.Month {
    /// `2026-11`.
    var text: String { month < 10 ? "\(year)-0\(month)" : "\(year)-\(month)" }
}
