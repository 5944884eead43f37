import Core
import Domain
package import Postgres

/// Answers who a token is, whether a slug is its organization's, and what a member may do.
///
/// What the source found is kept for at most a second, so that a revocation takes effect within
/// that time on every server; what it did not find is not kept, so that a new token works at once.
/// Many calls that ask for the same at the same time cause one query.
package final class TokenDirectory: Sendable {
    private struct MemberKey: Hashable {
        let organization: OrganizationID
        let email: String
    }

    private struct SlugKey: Hashable {
        let slug: String
        let organization: OrganizationID
    }

    private let source: any TokenSource
    private let tokens = RecentLookups<String, TokenRecord>()
    private let slugs = RecentLookups<SlugKey, OrganizationID>()
    private let members = RecentLookups<MemberKey, MemberRecord>()

    package init(source: any TokenSource) {
        self.source = source
    }

    /// The directory of a database.
    /// - Parameter keys: find the members whom frontends name.
    package convenience init(pool: PostgresPool, keys: DataKeyStore) {
        self.init(source: PostgresTokenSource(pool: pool, keys: keys))
    }

    func record(of id: String) async throws -> RecentLookups<String, TokenRecord>.Kept? {
        try await tokens.value(of: id) { [source] in try await source.token(id: id) }
    }

    /// A member of an organization, by e-mail without case.
    func member(
        _ email: String, of organization: OrganizationID
    ) async throws -> (value: MemberRecord, until: MonotonicInstant)? {
        let key = MemberKey(organization: organization, email: email)
        return try await members.value(of: key) { [source] in
            try await source.member(email: email, of: organization)
        }.map { ($0.value, $0.until) }
    }

    /// No slug is longer, and none has a zero in it. An identifier is shorter.
    static func isPossibleSlug(_ text: String) -> Bool {
        text.utf8.count <= 63 && !text.utf8.contains(0)
    }

    /// Whether an organization has a slug.
    ///
    /// Only a slug of `own` is kept: how long the answer takes says nothing of others.
    func isSlug(_ slug: String, of own: OrganizationID) async throws -> Bool {
        let key = SlugKey(slug: slug, organization: own)
        let found = try await slugs.value(of: key) { [source] in
            try await source.isSlug(slug, of: own) ? own : nil
        }
        return found != nil
    }
}
