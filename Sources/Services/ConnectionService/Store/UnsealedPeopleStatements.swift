import Domain
import Postgres
import ServiceRuntime

/// Connections whose account's name was stored before names of accounts were sealed.
struct SelectAccountNamesToSeal: PostgresStatement {
    struct Row: Sendable {
        let connection: ConnectionID
        let name: String
    }

    static let sql = """
        SELECT id, account_name FROM connections
        WHERE org_id = $1 AND account_name <> ''
        ORDER BY id LIMIT $2
        FOR UPDATE
        """

    let organization: OrganizationID
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(connection: ConnectionID(try row.uuid(0)), name: try row.string(1))
    }
}

/// Stores them sealed.
struct UpdateSealedAccountNames: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connections AS c SET account_name = '', sealed_account_name = s.sealed
        FROM unnest($2::uuid[], $3::bytea[]) AS s (id, sealed)
        WHERE c.org_id = $1 AND c.id = s.id
        """

    let organization: OrganizationID
    let connections: [ConnectionID]
    let sealedNames: [[UInt8]]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(connections.map(\.postgresUUID))
        bindings.append(sealedNames)
    }
}

/// Users of providers that were stored before their ids were sealed.
struct SelectProviderUsersToSeal: PostgresStatement {
    struct Row: Sendable {
        let connection: ConnectionID
        let id: String
        let sealedName: [UInt8]
    }

    static let sql = """
        SELECT connection_id, id, sealed_name FROM provider_objects
        WHERE org_id = $1 AND kind = 'user' AND NOT id_is_sealed AND (connection_id, id) > ($3, $4)
        ORDER BY connection_id, id LIMIT $2
        FOR UPDATE
        """

    let organization: OrganizationID
    /// Those before were looked at.
    let after: UnsealedPeople.Position
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(limit)
        bindings.append(after.connection.postgresUUID)
        bindings.append(after.id)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            connection: ConnectionID(try row.uuid(0)), id: try row.string(1),
            sealedName: try row.bytes(2))
    }
}

/// Removes those of them that are stored sealed already; since when they are known stays.
struct RemoveProviderUsersInClear: PostgresStatement {
    typealias Row = Void

    static let sql = """
        WITH gone AS (
            DELETE FROM provider_objects AS p
            USING unnest($2::uuid[], $3::text[], $4::text[]) AS s (connection_id, id, key),
                provider_objects AS h
            WHERE p.org_id = $1 AND p.connection_id = s.connection_id AND p.kind = 'user'
                AND p.id = s.id AND NOT p.id_is_sealed
                AND h.org_id = $1 AND h.connection_id = s.connection_id AND h.kind = 'user'
                AND h.id = s.key AND h.id_is_sealed
            RETURNING s.connection_id, s.key, p.first_seen_at)
        UPDATE provider_objects AS h SET first_seen_at = gone.first_seen_at
        FROM gone
        WHERE h.org_id = $1 AND h.connection_id = gone.connection_id AND h.kind = 'user'
            AND h.id = gone.key AND h.first_seen_at > gone.first_seen_at
        """

    let organization: OrganizationID
    let connections: [ConnectionID]
    let ids: [String]
    /// What stands in the place of the ids.
    let keys: [String]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(connections.map(\.postgresUUID))
        bindings.append(ids)
        bindings.append(keys)
    }
}

/// Stores the others sealed.
struct UpdateSealedProviderUsers: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE provider_objects AS p
        SET id = s.key, id_is_sealed = true, sealed_name = s.sealed_name
        FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[])
            AS s (connection_id, id, key, sealed_name)
        WHERE p.org_id = $1 AND p.connection_id = s.connection_id AND p.kind = 'user'
            AND p.id = s.id AND NOT p.id_is_sealed
        """

    let organization: OrganizationID
    let connections: [ConnectionID]
    let ids: [String]
    let keys: [String]
    let sealedNames: [[UInt8]]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(connections.map(\.postgresUUID))
        bindings.append(ids)
        bindings.append(keys)
        bindings.append(sealedNames)
    }
}

/// Places of lists of users that were stored before places were sealed.
struct ForgetUserListPlaces: PostgresStatement {
    typealias Row = Void

    static let sql = """
        UPDATE connection_checkpoints SET cursor = NULL
        WHERE org_id = $1 AND stream = 'names/users' AND cursor NOT LIKE 'sealed:%'
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }
}
