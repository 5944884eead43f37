import Core
import Domain
package import Postgres
import Synchronization

/// Answers who a token is, and whether a slug is its organization's, before any is known.
///
/// What the source found is kept for at most a second, so that a revocation takes effect within
/// that time on every server; what it did not find is not kept, so that a new token works at once.
package final class TokenDirectory: Sendable {
    /// What is known of a token, and until when.
    struct Kept: Sendable {
        let record: TokenRecord
        let until: MonotonicInstant
    }

    /// Whose a slug is, and until when that is taken for granted.
    private struct KeptSlug {
        let organizationID: OrganizationID
        let until: MonotonicInstant
    }

    private static let keptForNanoseconds: Int64 = 1_000_000_000
    /// Tokens, and slugs, kept at once; beyond it all are forgotten, which costs one query each.
    private static let keptMax = 10_000

    private let source: any TokenSource
    private let kept = Mutex<[String: Kept]>([:])
    private let keptSlugs = Mutex<[String: KeptSlug]>([:])

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

    /// No slug is longer, and none has a zero in it. An identifier is shorter.
    static func isPossibleSlug(_ text: String) -> Bool {
        text.utf8.count <= 63 && !text.utf8.contains(0)
    }

    /// Whether an organization has a slug.
    ///
    /// Only a slug of `own` is kept: how long the answer takes says nothing of others.
    func isSlug(_ slug: String, of own: OrganizationID) async throws -> Bool {
        let now = MonotonicInstant.now
        if let kept = keptSlugs.withLock({ $0[slug] }), now < kept.until,
            kept.organizationID == own
        {
            return true
        }
        guard try await source.organization(slug: slug) == own else { return false }
        let found = KeptSlug(
            organizationID: own, until: now.advanced(byNanoseconds: Self.keptForNanoseconds))
        keptSlugs.withLock { kept in
            if kept.count >= Self.keptMax { kept.removeAll(keepingCapacity: true) }
            kept[slug] = found
        }
        return true
    }
}
