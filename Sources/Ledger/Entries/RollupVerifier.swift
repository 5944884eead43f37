package import Core
package import Domain
package import Postgres

/// Compares roll-ups with the entries that they are made of; it changes nothing.
package struct RollupVerifier: Sendable {
    /// A roll-up that does not say what its entries say, or a day of roll-ups that is not the sum of its quarters
    /// of an hour, or a month that is not the sum of its days.
    package struct Difference: Hashable, Sendable, CustomStringConvertible {
        package enum Part: String, Sendable {
            case quarter
            case day
            case month
        }

        package let part: Part
        /// Its beginning.
        package let time: Instant
        package let dimensionSetID: Int64
        package let kind: Int
        package let currency: String
        /// Columns that differ; all of them where only one of the two is there.
        package let fields: [String]

        /// Without any figure.
        package var description: String {
            "\(part.rawValue) \(time.rfc3339) set \(dimensionSetID) kind \(kind) \(currency): "
                + fields.joined(separator: ", ")
        }
    }

    /// Entries that a step has about, at most: its rows are sorted in memory.
    private static let entriesPerStep: Int64 = 100_000
    static let daySeconds: Int64 = 86_400
    /// Steps of a day, whose widths are whole quarters of an hour.
    private static let stepCounts: [Int64] = [1, 4, 24]
    private static let stepCountMax: Int64 = 96

    private let organization: PostgresUUID

    package init(organization: OrganizationID) {
        self.organization = PostgresUUID(organization)
    }

    /// The parts of a day to compare, one after the other.
    /// - Parameter day: a beginning of one, in UTC.
    package func steps(
        of day: Instant, in transaction: PostgresTransaction
    ) async throws -> [Range<Instant>] {
        let entries =
            try await transaction.first(
                SelectDayEntries(organization: organization, day: day)) ?? 0
        return Self.steps(of: day, entries: entries)
    }

    static func steps(of day: Instant, entries: Int64) -> [Range<Instant>] {
        let wanted = entries / entriesPerStep + 1
        let count = stepCounts.first { $0 >= wanted } ?? stepCountMax
        let width = daySeconds / count
        return (0..<count).map { number in
            let from = day.advanced(bySeconds: number * width)
            return from..<from.advanced(bySeconds: width)
        }
    }

    /// Roll-ups of quarters of an hour that are not what their entries come to.
    /// - Parameter span: begins and ends with a quarter of an hour.
    package func quarters(
        _ span: Range<Instant>, limit: Int, in transaction: PostgresTransaction
    ) async throws -> [Difference] {
        try await transaction.run(
            CompareRollups(
                organization: organization, from: span.lowerBound, through: span.upperBound,
                limit: limit))
    }

    /// Roll-ups of days that are not what those of their quarters of an hour come to.
    /// - Parameter span: begins and ends with a day of UTC.
    package func days(
        _ span: Range<Instant>, limit: Int, in transaction: PostgresTransaction
    ) async throws -> [Difference] {
        try await transaction.run(
            CompareRollupDays(
                organization: organization, from: span.lowerBound, through: span.upperBound,
                limit: limit))
    }

    /// Roll-ups of months that are not what those of their days come to, of the months that reports read.
    /// - Parameter span: of time in them; its ends may be anywhere in a month.
    package func months(
        _ span: Range<Instant>, limit: Int, in transaction: PostgresTransaction
    ) async throws -> [Difference] {
        try await transaction.run(
            CompareRollupMonths(
                organization: organization, from: UTCMonth.start(of: span.lowerBound),
                through: UTCMonth.ceiling(span.upperBound), limit: limit))
    }

    /// The first day of the month, in UTC.
    package static func month(of day: Instant) -> Instant { UTCMonth.start(of: day) }
}
