import Core
import Postgres

/// Which source counts where several tell of the same call, as far as its organization says so.
struct SourceOrder {
    private let places: [PostgresUUID: Int]

    /// - Parameter sources: Hashes of sources, the highest first. Those that are not among them are behind all, and
    ///   equal.
    init(_ sources: [PostgresUUID]) {
        places = Dictionary(
            sources.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether a source counts in place of another that told before it. Of equals the first goes on.
    func outranks(_ source: PostgresUUID, _ other: PostgresUUID) -> Bool {
        guard let place = places[source], !Mutant.ignoreSourceRanks.isActive else { return false }
        return place < places[other] ?? .max
    }
}
