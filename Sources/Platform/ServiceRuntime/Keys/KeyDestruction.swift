import Core
package import Domain
package import Postgres

/// Destroys keys again that a restored keys' database brought back.
///
/// Programs open none of them in the meantime, since the main database remembers what was destroyed.
/// Whoever is stopped begins again and loses nothing.
package struct KeyDestruction: Sendable {
    private let pool: PostgresPool
    private let mainPool: PostgresPool
    private let pageSize: Int

    /// - Parameters:
    ///   - pool: of the keys' database; both logins may take the role `tally_owner`.
    ///   - mainPool: of the main one.
    package init(pool: PostgresPool, mainPool: PostgresPool, pageSize: Int = 500) {
        self.pool = pool
        self.mainPool = mainPool
        self.pageSize = pageSize
    }

    /// What was found.
    package struct Outcome: Sendable, Hashable {
        /// Organizations whose keys had come back, or were destroyed now.
        package var destroyed: [OrganizationID] = []
        /// Destructions that the main database did not remember.
        package var rememberedCount = 0
    }

    /// Destroys what was destroyed before, as either database remembers it.
    /// - Parameter others: Organizations whose keys are to be destroyed, too: neither database remembers
    ///   it where both were restored.
    package func run(_ others: [OrganizationID] = []) async throws -> Outcome {
        var outcome = Outcome(rememberedCount: try await remember())
        for start in stride(from: 0, to: others.count, by: pageSize) {
            let page = others[start..<min(start + pageSize, others.count)]
            try await remember(page.map(\.postgresUUID))
        }
        var destroyed: Set<PostgresUUID> = []
        var after = PostgresUUID(high: 0, low: 0)
        while true {
            let position = after
            let page = try await mainPool.transaction(
                TransactionOptions(role: "tally_owner", isReadOnly: true)
            ) { transaction in
                try await transaction.run(
                    SelectKeyDestructions(after: position, limit: pageSize))
            }
            guard let last = page.last else { break }
            let rows = try await pool.transaction(TransactionOptions(role: "tally_owner")) {
                transaction in
                try await transaction.run(DestroyDataKeysAgain(organizations: page))
            }
            destroyed.formUnion(rows.filter(\.cameBack).map(\.organization))
            after = last
        }
        outcome.destroyed = destroyed.sorted().map { OrganizationID($0) }
        return outcome
    }

    /// Has the main database remember what the keys' database has as destroyed: one of them may be older
    /// than the other.
    /// - Returns: How many it did not remember.
    @discardableResult
    package func remember() async throws -> Int {
        var count = 0
        var after = PostgresUUID(high: 0, low: 0)
        while true {
            let position = after
            let page = try await pool.transaction(
                TransactionOptions(role: "tally_owner", isReadOnly: true)
            ) { transaction in
                try await transaction.run(
                    SelectDestroyedDataKeys(after: position, limit: pageSize))
            }
            guard let last = page.last else { return count }
            count += try await remember(page)
            after = last
        }
    }

    @discardableResult
    private func remember(_ organizations: [PostgresUUID]) async throws -> Int {
        try await mainPool.transaction(TransactionOptions(role: "tally_owner")) { transaction in
            try await transaction.run(InsertKeyDestructions(organizations: organizations)).count
        }
    }
}
