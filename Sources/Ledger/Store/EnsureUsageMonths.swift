import Core
import Postgres

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
