package import Core
package import Postgres
import Synchronization

/// The price catalogue in the database, remembered per process.
package final class PriceCatalogueStore: Sendable {
    /// How long a process may go on with prices that a newer import replaced.
    private static let refreshSeconds: Int64 = 30

    private struct Loaded {
        var catalogue: PriceCatalogue
        var checkedAt: Instant
    }

    private let loaded = Mutex<Loaded?>(nil)

    package init() {}

    /// The catalogue, at most 30 seconds behind the newest import.
    package func current(
        in transaction: PostgresTransaction, now: Instant
    ) async throws -> PriceCatalogue {
        let known = loaded.withLock { $0 }
        if let known,
            abs(now.microseconds - known.checkedAt.microseconds)
                < Self.refreshSeconds * 1_000_000
        {
            return known.catalogue
        }
        let version = try await transaction.first(SelectCatalogueVersion()) ?? 0
        if let known, known.catalogue.version == version {
            loaded.withLock { $0 = Loaded(catalogue: known.catalogue, checkedAt: now) }
            return known.catalogue
        }
        let catalogue = PriceCatalogue(
            version: version, versions: try await transaction.run(SelectPriceVersions()))
        loaded.withLock { $0 = Loaded(catalogue: catalogue, checkedAt: now) }
        return catalogue
    }
}
