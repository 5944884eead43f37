/// One report that a provider offers, as its connector declares it: all that reading it takes.
package struct ProviderReport: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// Its rows are usage.
        case usage
        /// Its rows are lines of the bill.
        case costs
        /// Its rows are what things are called now; a window's pages are one list.
        case names(NormalizedName.Kind)
        /// Its rows are what people did with a tool; no figure of spend comes from them.
        case activity
    }

    package var isOfNames: Bool {
        if case .names = kind { true } else { false }
    }

    /// Whether its rows, and so the cursors between its pages, name people.
    package var isOfUsers: Bool { kind == .names(.user) }

    /// Whether figures of spend come from it.
    package var isOfSpend: Bool { kind == .usage || kind == .costs }

    /// The buckets a report is asked for.
    package enum Width: Int64, Sendable {
        case hour = 3600
        case day = 86_400

        package var seconds: Int64 { rawValue }

        /// As both OpenAI and Anthropic write it.
        var text: String {
            switch self {
            case .hour: "1h"
            case .day: "1d"
            }
        }
    }

    /// Names the report among its provider's, forever: how far it was read is remembered by this.
    ///
    /// `usage`, `costs`, `names` or `activity`, by its kind; a further report of a kind is such as `usage/NAME`,
    /// NAME of 1 to 31 letters a-z, digits and underscores.
    package let name: String
    package let kind: Kind
    package let width: Width
    /// Days before the last read that are read again: providers go on changing them.
    package let rereadDays: Int64
    /// Longest window: a cursor that the provider forgets costs no more than this to repeat.
    package let windowDaysMax: Int64
    /// Days before the present that the provider answers for; nil where it names no end.
    package let historyDays: Int64?
    /// Whether the provider refuses buckets that are not over yet.
    package let endedBucketsOnly: Bool
    /// Hours at least between two pulls that reached the present.
    package let pauseHours: Int64

    package init(
        _ name: String, kind: Kind, width: Width, rereadDays: Int64, windowDaysMax: Int64 = 31,
        historyDays: Int64? = nil, endedBucketsOnly: Bool = false, pauseHours: Int64 = 0
    ) {
        self.name = name
        self.kind = kind
        self.width = width
        self.rereadDays = rereadDays
        self.windowDaysMax = windowDaysMax
        self.historyDays = historyDays
        self.endedBucketsOnly = endedBucketsOnly
        self.pauseHours = pauseHours
    }
}

/// A row of a report of any kind.
package enum ReportedRow: Hashable, Sendable {
    case usage(NormalizedUsage)
    case charge(NormalizedCharge)
    case name(NormalizedName)
    case activity(NormalizedActivity)
}
