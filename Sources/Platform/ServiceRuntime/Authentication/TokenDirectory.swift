import Core
import Domain
package import Postgres
import Synchronization

/// Answers who a token is, before any organization is known.
///
/// What the source found is kept for at most a second, so that a revocation takes effect within
/// that time on every server; what it did not find is not kept, so that a new token works at once.
package final class TokenDirectory: Sendable {
    /// What is known of a token, and until when.
    struct Kept: Sendable {
        let record: TokenRecord
        let until: MonotonicInstant
    }

    private static let keptForNanoseconds: Int64 = 1_000_000_000
    /// Tokens kept at once; beyond it all are forgotten, which costs one query each.
    private static let keptMax = 10_000

    private let source: any TokenSource
    private let kept = Mutex<[String: Kept]>([:])

    package init(source: any TokenSource) {
        self.source = source
    }

    /// The directory of a database.
    package convenience init(pool: PostgresPool) {
        self.init(source: PostgresTokenSource(pool: pool))
    }

    func record(of id: String) async throws -> Kept? {
        let now = MonotonicInstant.now
        if let kept = kept.withLock({ $0[id] }), now < kept.until { return kept }
        let found = try await source.token(id: id).map {
            Kept(record: $0, until: now.advanced(byNanoseconds: Self.keptForNanoseconds))
        }
        kept.withLock { kept in
            if kept.count >= Self.keptMax { kept.removeAll(keepingCapacity: true) }
            kept[id] = found
        }
        return found
    }

    /// The organization that has a slug; nil for none.
    func organization(ofSlug slug: String) async throws -> OrganizationID? {
        // No slug is longer, and none has a zero in it.
        guard slug.utf8.count <= 63, !slug.utf8.contains(0) else { return nil }
        return try await source.organization(slug: slug)
    }
}
