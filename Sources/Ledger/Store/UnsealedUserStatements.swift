package import Domain
package import Postgres

/// Some of the dimension sets whose users nobody has sealed yet.
package struct SelectSetsToSeal: PostgresStatement {
    let organization: PostgresUUID
    let limit: Int

    package static let sql = """
        SELECT d.id FROM dimension_sets AS d
        WHERE d.org_id = $1 AND d.user_id <> ''
        ORDER BY d.id
        LIMIT $2
        """

    package init(organization: OrganizationID, limit: Int) {
        self.organization = PostgresUUID(organization)
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(limit)
    }

    package static func decode(_ row: PostgresRow) throws -> Int64 { try row.int64(0) }
}

/// Puts users that are sealed in the place of those that are not.
///
/// A server of before may store a set once more that is sealed already: of the two, that one is found again,
/// and reports add both up alike. Its hash is one that nothing has.
struct UpdateSealedUsers: PostgresStatement {
    typealias Row = Void
    let organization: PostgresUUID
    /// Number, hash and user of each.
    let ids: [Int64]
    let hashes: [[UInt8]]
    let users: [SealedUser]
    let sets: [DimensionSet]

    static let sql = """
        UPDATE dimension_sets AS d
        SET hash = CASE WHEN EXISTS (
                SELECT FROM dimension_sets AS o
                WHERE o.org_id = $1 AND o.hash = n.hash AND o.id <> d.id)
            THEN sha256(n.hash || int8send(n.id)) ELSE n.hash END, user_id = '', user_key = n.user_key, sealed_user = n.sealed_user,
            derived_by = n.derived_by::jsonb
        FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[], $6::text[])
            AS n (id, hash, user_key, sealed_user, derived_by)
        WHERE d.org_id = $1 AND d.id = n.id
        """

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
        bindings.append(ids)
        bindings.append(hashes)
        bindings.append(users.map(\.key))
        bindings.append(users.map(\.sealed))
        bindings.append(sets.map { set in set.attribution.map { JSONText.derived($0.derived) } })
    }
}
