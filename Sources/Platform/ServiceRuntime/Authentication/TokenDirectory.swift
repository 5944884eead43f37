import Core
import Domain
package import Postgres
import Synchronization

/// Looks tokens up before any organization is known.
///
/// What it found is kept for at most a second, so that a revocation takes effect within that time
/// on every server; what it did not find is not kept, so that a new token works at once.
package final class TokenDirectory: Sendable {
    struct Record: Sendable {
        let id: String
        let organizationID: OrganizationID?
        let keyedHash: [UInt8]
        let role: CallerRole
        let expiresAt: Instant?
        let revokedAt: Instant?
    }

    private struct Kept {
        let record: Record
        let until: ContinuousClock.Instant
    }

    private static let keptFor = Duration.seconds(1)
    /// Tokens kept at once; beyond it all are forgotten, which costs one query each.
    private static let keptMax = 10_000

    private let pool: PostgresPool
    private let kept = Mutex<[String: Kept]>([:])

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    func record(of id: String) async throws -> Record? {
        let now = ContinuousClock.now
        if let kept = kept.withLock({ $0[id] }), now < kept.until { return kept.record }
        let options = TransactionOptions(role: "tally_directory", isReadOnly: true)
        let found = try await pool.transaction(options) { transaction in
            try await transaction.first(FindToken(id: id))
        }
        kept.withLock { kept in
            if kept.count >= Self.keptMax { kept.removeAll(keepingCapacity: true) }
            kept[id] = found.map { Kept(record: $0, until: now + Self.keptFor) }
        }
        return found
    }

    /// The organization that has a slug; nil for none.
    func organization(ofSlug slug: String) async throws -> OrganizationID? {
        // The database takes no text with a zero in it, and no slug is longer.
        guard slug.utf8.count <= 63, !slug.utf8.contains(0) else { return nil }
        let options = TransactionOptions(role: "tally_directory", isReadOnly: true)
        return try await pool.transaction(options) { transaction in
            try await transaction.first(FindSlug(slug: slug))
        }
    }
}

/// The organization of a slug.
struct FindSlug: PostgresStatement {
    let slug: String

    static let sql = "SELECT org_id FROM organization_slugs WHERE slug = $1"

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(slug)
    }

    static func decode(_ row: PostgresRow) throws -> OrganizationID {
        OrganizationID(try row.uuid(0))
    }
}

/// One token of the directory, by its public part.
struct FindToken: PostgresStatement {
    let id: String

    static let sql = """
        SELECT id, org_id, keyed_hash, role, expires_at, revoked_at
        FROM token_directory WHERE id = $1
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(id)
    }

    static func decode(_ row: PostgresRow) throws -> TokenDirectory.Record {
        let number = Int16(truncatingIfNeeded: try row.int64(3))
        guard let role = CallerRole(rawValue: number) else {
            throw PostgresError(.unexpectedValue, message: "no role has the number \(number)")
        }
        return TokenDirectory.Record(
            id: try row.string(0), organizationID: try row.optionalUUID(1).map { .init($0) },
            keyedHash: try row.bytes(2), role: role, expiresAt: try row.optionalInstant(4),
            revokedAt: try row.optionalInstant(5))
    }
}
