package import Core
package import Domain
package import Postgres
package import ServiceRuntime

/// The names in force of some things, as the lists of one connection told them last.
struct SelectNewestProviderObjectNames: PostgresStatement {
    struct Row: Sendable {
        let id: String
        let sealedName: [UInt8]
    }

    static let sql = """
        SELECT asked.id, newest.sealed_name
        FROM unnest($4::text[]) AS asked (id)
        CROSS JOIN LATERAL (
            SELECT n.sealed_name FROM provider_object_names AS n
            WHERE n.org_id = $1 AND n.connection_id = $2 AND n.kind = $3 AND n.id = asked.id
            ORDER BY n.seen_at DESC LIMIT 1) AS newest
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let kind: String
    let ids: [String]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(kind)
        bindings.append(ids)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(id: try row.string(0), sealedName: try row.bytes(1))
    }
}

/// Names that are in force from now on. A list tells one name of a thing: where it tells two, the first stays.
struct InsertProviderObjectNames: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO provider_object_names (org_id, connection_id, kind, id, seen_at, sealed_name)
        SELECT $1, $2, $3, o.id, $6, o.sealed_name
        FROM unnest($4::text[], $5::bytea[]) AS o (id, sealed_name)
        ON CONFLICT (org_id, connection_id, kind, id, seen_at) DO NOTHING
        """

    let organizationID: OrganizationID
    let connectionID: ConnectionID
    let kind: String
    let objects: [ProviderObject]
    let seenAt: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(kind)
        bindings.append(objects.map(\.id))
        bindings.append(objects.map(\.sealedName))
        bindings.append(seenAt)
    }
}

extension UpsertProviderObjects {
    /// Stores the page, and of what is called otherwise than before, or is new, the name with since when. Call it under
    /// the lease of the list's pull, so that nobody else tells of the same things meanwhile.
    ///
    /// - Parameter keys: the organization's: names are compared in clear, for what is sealed twice differs.
    package func store(_ keys: OrganizationKeys, in transaction: PostgresTransaction) async throws {
        let newest = try await transaction.run(
            SelectNewestProviderObjectNames(
                organizationID: organizationID, connectionID: connectionID, kind: kind,
                ids: objects.map(\.id)))
        let before = Dictionary(newest.map { ($0.id, $0.sealedName) }) { first, _ in first }
        let changed = try objects.filter { object in
            guard let sealed = before[object.id] else { return true }
            return try name(sealed, of: object.id, keys) != object.name
        }
        if !changed.isEmpty {
            try await transaction.execute(
                InsertProviderObjectNames(
                    organizationID: organizationID, connectionID: connectionID, kind: kind,
                    objects: changed, seenAt: seenAt))
        }
        try await transaction.execute(self)
    }

    /// Nil where it does not open, as after a change by somebody who has no key: then what the list says now is news.
    private func name(
        _ sealed: [UInt8], of id: String, _ keys: OrganizationKeys
    ) throws -> ProviderObjectName? {
        do {
            return try keys.providerObjectName(
                sealed, connection: connectionID.text, kind: kind, id: id)
        } catch let error as ServiceError where error.code == .dataLoss {
            return nil
        }
    }
}

/// Removes names that no usage can show any more, at most so many: a later one of the same thing was in force when what
/// the organization keeps begins. Says how many they were.
package struct RemoveOldProviderObjectNames: PostgresStatement {
    package static let sql = """
        WITH old AS MATERIALIZED (
            SELECT connection_id, kind, id, seen_at FROM provider_object_names AS o
            WHERE org_id = $1 AND seen_at < $2 AND EXISTS (
                SELECT FROM provider_object_names AS n
                WHERE n.org_id = $1 AND n.connection_id = o.connection_id AND n.kind = o.kind
                    AND n.id = o.id AND n.seen_at > o.seen_at AND n.seen_at < $2)
            LIMIT $3),
        gone AS (
            DELETE FROM provider_object_names AS n USING old AS o
            WHERE n.org_id = $1 AND n.connection_id = o.connection_id AND n.kind = o.kind
                AND n.id = o.id AND n.seen_at = o.seen_at
            RETURNING n.seen_at)
        SELECT count(*) FROM gone
        """

    let organization: OrganizationID
    let before: Instant
    let limit: Int

    package init(organization: OrganizationID, before: Instant, limit: Int) {
        self.organization = organization
        self.before = before
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(before)
        bindings.append(limit)
    }

    package static func decode(_ row: PostgresRow) throws -> Int { try row.int(0) }
}
