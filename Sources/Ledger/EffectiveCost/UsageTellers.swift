import Core
import Domain
import Postgres

/// Which connection's usage counts on each day of UTC, of accounts that several read: as in every report.
struct UsageTellers {
    private struct Day: Hashable {
        /// Names the account: see `AccountReadings`.
        let owner: ConnectionID
        let utcDay: Int64
    }

    private let accounts: AccountReadings
    private let tellers: [Day: ConnectionID]

    /// - Parameter told: of which days each connection told usage.
    init(_ connections: [ConnectionReading], told: [(connection: ConnectionID, day: Instant)]) {
        let accounts = AccountReadings(connections)
        var days: [Day: Set<ConnectionID>] = [:]
        for (connection, day) in told {
            let key = Day(
                owner: accounts.owner(of: connection), utcDay: UTCDay.number(of: day))
            days[key, default: []].insert(connection)
        }
        var tellers: [Day: ConnectionID] = [:]
        for (day, connections) in days where connections.count > 1 {
            tellers[day] =
                accounts[day.owner].teller(
                    of: .providerUsage, day.utcDay, amongTold: connections)?.id
        }
        self.accounts = accounts
        self.tellers = tellers
    }

    /// Reads what was told of the days that hold a span.
    static func read(
        of organization: PostgresUUID, during window: Range<Instant>,
        in transaction: PostgresTransaction
    ) async throws -> UsageTellers {
        let connections = try await transaction.run(
            SelectConnectionReadings(organization: organization))
        let told = try await transaction.run(
            SelectDaysOfUsage(
                organization: organization, from: UTCDay.floor(window.lowerBound),
                through: UTCDay.ceiling(window.upperBound)))
        return UsageTellers(connections, told: told.map { ($0.connection, $0.day) })
    }

    /// Whether what a connection tells of a time counts.
    func counts(_ connection: ConnectionID?, at time: Instant) -> Bool {
        guard let connection else { return true }
        let day = Day(
            owner: accounts.owner(of: connection), utcDay: UTCDay.number(of: time))
        return tellers[day].map { $0 == connection } ?? true
    }
}
