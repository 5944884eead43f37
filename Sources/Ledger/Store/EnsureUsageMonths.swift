import Core
package import Postgres

/// Makes the partitions of the months from one instant's to another's, where they are missing.
struct EnsureUsageMonths: PostgresStatement {
    typealias Row = Void
    let from: Instant
    let through: Instant

    static let sql = "SELECT tally.ensure_usage_months($1, $2)"

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(from)
        bindings.append(through)
    }
}

/// Makes the partitions of this month and the three after it, by the database's clock, which tells whose months
/// will be written next.
package struct EnsureUsageMonthsAhead: PostgresStatement {
    package typealias Row = Void

    package static let sql = "SELECT tally.ensure_usage_months(now(), now() + interval '3 months')"

    package init() {}

    package func bind(into bindings: inout PostgresBindings) {}
}
