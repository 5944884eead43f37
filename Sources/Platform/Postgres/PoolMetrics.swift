internal import CoreMetrics

/// How busy a pool is, for whoever reads metrics.
struct PoolMetrics: Sendable {
    private let inUse: Meter
    private let waiting: Meter
    private let wait: CoreMetrics.Timer

    init(factory: any MetricsFactory) {
        inUse = Meter(label: "tally_postgres_connections_in_use", factory: factory)
        waiting = Meter(label: "tally_postgres_transactions_waiting", factory: factory)
        wait = CoreMetrics.Timer(label: "tally_postgres_connection_wait", factory: factory)
    }

    /// Called with the pool's lock held, so that what is shown is what came last.
    func show<Connection>(_ pool: borrowing PoolState<Connection>) {
        inUse.set(pool.permitsInUse)
        waiting.set(pool.waiterCount)
    }

    /// A transaction has its permit after so long.
    func waited(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        wait.recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

extension PostgresPool {
    /// What the pool's metrics mean, by the names that Prometheus shows.
    package static let metricsHelp = [
        "tally_postgres_connections_in_use": "Transactions that hold a database connection.",
        "tally_postgres_transactions_waiting": "Transactions that wait for a connection.",
        "tally_postgres_connection_wait_seconds":
            "Time that transactions waited until one was free.",
    ]
}
