package import Core
package import Domain
package import Postgres

/// An organization's order of sources: which of them counts where several tell of the same call.
package struct SourceRanks: Sendable {
    /// How often they were set; 0 where they never were.
    package let version: Int64
    /// The highest first. Those that are not among them are behind all, and equal.
    package let sources: [String]
    /// Nil where they were never set.
    package let updateTime: Instant?

    static let none = SourceRanks(version: 0, sources: [], updateTime: nil)
}

/// Reads and sets an organization's order of sources.
package struct SourceRankBook: Sendable {
    package static let sourcesMax = 100

    private let organization: PostgresUUID

    package init(organization: OrganizationID) {
        self.organization = PostgresUUID(organization)
    }

    package func ranks(in transaction: PostgresTransaction) async throws -> SourceRanks {
        try await transaction.first(SelectSourceRanks(organization: organization)) ?? .none
    }

    /// Replaces the order; the same again changes nothing. It holds for what is told from then on.
    ///
    /// Locks the organization's clock, as who records does: events that come after this are of this order, on every
    /// server, and those before of the one before.
    /// - Parameter expectedVersion: The version that was read; 0: any.
    /// - Throws: `SOURCE_RANKS_CHANGED`.
    package func set(
        _ sources: [String], expectedVersion: Int64, in transaction: PostgresTransaction,
        now: Instant
    ) async throws -> (before: SourceRanks, after: SourceRanks) {
        guard try await transaction.first(LockLedgerClock(organization: organization)) != nil else {
            throw ServiceError(
                .notFound, "ORGANIZATION_NOT_FOUND", "There is no such organization.")
        }
        let before = try await ranks(in: transaction)
        guard expectedVersion == 0 || expectedVersion == before.version else {
            throw ServiceError(
                .aborted, "SOURCE_RANKS_CHANGED", field: "expected_version",
                "Someone else ranked the sources; read them again, then send yours.")
        }
        // By bytes, as sources are told apart.
        guard !before.sources.elementsEqual(sources, by: { $0.utf8.elementsEqual($1.utf8) }) else {
            return (before, before)
        }
        let after = SourceRanks(version: before.version + 1, sources: sources, updateTime: now)
        try await transaction.execute(
            UpsertSourceRanks(organization: organization, ranks: after, updateTime: now))
        return (before, after)
    }
}
