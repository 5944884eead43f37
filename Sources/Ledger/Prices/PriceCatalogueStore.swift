package import Core
package import Domain
package import Postgres
import Synchronization

/// The price catalogue in the database, and the organizations' overrides, remembered per process.
package final class PriceCatalogueStore: Sendable {
    /// How long a process may go on with prices that a newer import replaced. What is recorded is priced by the
    /// newest all the same: `EntryWriter.record`.
    private static let refreshSeconds: Int64 = 30

    private struct Loaded {
        var catalogue: PriceCatalogue
        var checkedAt: Instant
    }

    /// How long a process may go on with overrides that an organization changed.
    private static let overridesMicroseconds: Int64 = 1_000_000
    /// Beyond so many organizations, all are forgotten and asked for again.
    private static let organizationsMax = 10_000

    private struct LoadedOverrides {
        let overrides: PriceOverrides
        let checkedAt: Instant
    }

    private let loaded = Mutex<Loaded?>(nil)
    private let loadedOverrides = Mutex<[OrganizationID: LoadedOverrides]>([:])

    package init() {}

    /// The catalogue in memory, where it is at most 30 seconds behind the newest import.
    private func recent(now: Instant) -> PriceCatalogue? {
        loaded.withLock { loaded in
            guard let loaded,
                abs(now.microseconds - loaded.checkedAt.microseconds)
                    < Self.refreshSeconds * 1_000_000
            else { return nil }
            return loaded.catalogue
        }
    }

    /// The catalogue, at most 30 seconds behind the newest import; or, where `isNewest`, not at all.
    package func current(
        in transaction: PostgresTransaction, now: Instant, isNewest: Bool = false
    ) async throws -> PriceCatalogue {
        if !isNewest, let recent = recent(now: now) { return recent }
        let known = loaded.withLock { $0 }
        let record = try await transaction.first(SelectNewestCatalogue())
        let version = record?.id ?? 0
        if let known, known.catalogue.version == version {
            loaded.withLock { $0 = Loaded(catalogue: known.catalogue, checkedAt: now) }
            return known.catalogue
        }
        let catalogue = PriceCatalogue(
            version: version, versions: try await transaction.run(SelectPriceVersions()),
            aliases: try await transaction.run(SelectPriceAliases()), record: record)
        loaded.withLock { $0 = Loaded(catalogue: catalogue, checkedAt: now) }
        return catalogue
    }

    /// What prices an organization's usage, where it is in memory and as fresh as `calculator` says.
    package func recentCalculator(
        of organization: OrganizationID, now: Instant
    ) -> CostCalculator? {
        guard let catalogue = recent(now: now),
            let known = loadedOverrides.withLock({ $0[organization] }),
            abs(now.microseconds - known.checkedAt.microseconds) < Self.overridesMicroseconds
        else { return nil }
        return CostCalculator(catalogue: catalogue, overrides: known.overrides)
    }

    /// What prices an organization's usage: the catalogue as of `current`, and its overrides, at most a
    /// second old. The transaction acts for the organization.
    package func calculator(
        of organization: OrganizationID, in transaction: PostgresTransaction, now: Instant
    ) async throws -> CostCalculator {
        if let recent = recentCalculator(of: organization, now: now) { return recent }
        let catalogue = try await current(in: transaction, now: now)
        return CostCalculator(
            catalogue: catalogue,
            overrides: try await overrides(of: organization, in: transaction, now: now))
    }

    /// The same, of neither of which anything newer is there.
    package func newestCalculator(
        of organization: OrganizationID, in transaction: PostgresTransaction, now: Instant
    ) async throws -> CostCalculator {
        let catalogue = try await current(in: transaction, now: now, isNewest: true)
        return CostCalculator(
            catalogue: catalogue,
            overrides: try await overrides(of: organization, in: transaction, now: now))
    }

    /// What priced it at an instant: the catalogue that was the newest then, and the overrides that had been told
    /// of by then.
    package func calculator(
        of organization: OrganizationID, knownAt: Instant, in transaction: PostgresTransaction,
        now: Instant
    ) async throws -> CostCalculator {
        var catalogue = try await current(in: transaction, now: now, isNewest: true)
        if let importedAt = catalogue.prices?.importedAt, knownAt < importedAt {
            let record = try await transaction.first(SelectCatalogueKnownAt(knownAt: knownAt))
            catalogue = PriceCatalogue(
                version: record?.id ?? 0,
                versions: try await transaction.run(
                    SelectPriceVersionsThrough(catalogue: record?.id ?? 0)),
                aliases: try await transaction.run(
                    SelectPriceAliasesThrough(catalogue: record?.id ?? 0)), record: record)
        }
        let overrides = try await transaction.run(
            SelectPriceOverridesKnownAt(
                organization: PostgresUUID(organization), knownAt: knownAt))
        return CostCalculator(catalogue: catalogue, overrides: PriceOverrides(overrides))
    }

    private func overrides(
        of organization: OrganizationID, in transaction: PostgresTransaction, now: Instant
    ) async throws -> PriceOverrides {
        let rows = try await transaction.run(
            SelectPriceOverrides(organization: PostgresUUID(organization)))
        let overrides = PriceOverrides(
            rows.map(\.override), changedAt: rows.map(\.changedAt).max())
        loadedOverrides.withLock { all in
            if all.count >= Self.organizationsMax { all.removeAll() }
            all[organization] = LoadedOverrides(overrides: overrides, checkedAt: now)
        }
        return overrides
    }

    /// Asks for an organization's overrides anew; whoever changed them calls it.
    package func forgetOverrides(of organization: OrganizationID) {
        loadedOverrides.withLock { $0[organization] = nil }
    }

    /// Where a version of the catalogue came from; nil where there is none of that number.
    package func origin(
        of version: Int64, in transaction: PostgresTransaction
    ) async throws -> PriceOrigin? {
        try await transaction.first(SelectPriceOrigin(version: version))
    }
}
