package import Core

/// Where the database is and how much of it one process may use.
package struct PostgresConfiguration: Sendable {
    /// Connection URL or keyword string as libpq takes it; may hold a password. Required.
    package var url: Secret<String>
    /// Most connections open at once, each with a thread of its own. Default 16.
    package var connectionsMax: Int
    /// Most connections that transactions of one organization hold at once. Default three quarters
    /// of `connectionsMax`, so that no organization can take the whole pool.
    package var connectionsPerOrganizationMax: Int
    /// Of these, most whose transaction has not lasted for 100 ms yet. Default `connectionsPerOrganizationMax`.
    package var shortTransactionsPerOrganizationMax: Int
    /// How long no short transaction of an organization follows those that end, in hundredths of the time that they took,
    /// 20 ms at most, where it has more than twice its share of them waiting while others call. What it did not use, and
    /// did not owe, in the last second counts for it, so that a few at once do not rest. Default 0: none does.
    package var organizationRestPercent: Int
    /// Most transactions that wait for a connection, half of them of one organization; one more is
    /// refused. Default 1000.
    package var waitersMax: Int
    /// Longest wait for a connection. Default 10 s.
    package var waitMax: Duration
    /// Longest wait for a new connection to be made, in whole seconds. Default 5.
    package var connectSecondsMax: Int
    /// Shown in `pg_stat_activity`. Default `tallystick`.
    package var applicationName: String
    #if TALLY_MUTANTS
        /// Statements lose their restriction to an organization, to show that row security holds
        /// alone. Only test builds have it.
        package var isOrganizationFilterDropped = false
        /// Is told of each round trip of a transaction, to show that two calls do the same work: the text, how
        /// many rows a statement changed or returned, and on which connection.
        /// Only test builds have it.
        package var statementObserver: StatementObserver?
        package typealias StatementObserver =
            @Sendable (_ sql: String, _ rows: Int, _ connection: ObjectIdentifier) -> Void
    #endif

    package init(
        url: String, connectionsMax: Int = 16, connectionsPerOrganizationMax: Int? = nil,
        shortTransactionsPerOrganizationMax: Int? = nil, organizationRestPercent: Int = 0,
        waitersMax: Int = 1000,
        waitMax: Duration = .seconds(10), connectSecondsMax: Int = 5,
        applicationName: String = "tallystick"
    ) {
        let connections = max(1, connectionsMax)
        self.url = Secret(url)
        self.connectionsMax = connections
        self.connectionsPerOrganizationMax = max(
            1, connectionsPerOrganizationMax ?? (connections * 3 / 4))
        self.shortTransactionsPerOrganizationMax = max(
            1, shortTransactionsPerOrganizationMax ?? self.connectionsPerOrganizationMax)
        self.organizationRestPercent = max(0, organizationRestPercent)
        self.waitersMax = waitersMax
        self.waitMax = waitMax
        self.connectSecondsMax = connectSecondsMax
        self.applicationName = applicationName
    }
}
