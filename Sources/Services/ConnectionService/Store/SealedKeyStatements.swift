package import Domain
package import Postgres
import ServiceRuntime

/// The sealed key of one connection.
package struct SelectSealedKey: PostgresStatement {
    package static let sql = """
        SELECT sealed_key, sealed_key_version FROM connections WHERE org_id = $1 AND id = $2
        """

    package let organizationID: OrganizationID
    package let connectionID: ConnectionID

    package init(organizationID: OrganizationID, connectionID: ConnectionID) {
        self.organizationID = organizationID
        self.connectionID = connectionID
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
    }

    package static func decode(_ row: PostgresRow) throws -> SealedKey {
        SealedKey(bytes: try row.bytes(0), version: try row.int64(1))
    }
}

/// Keys of an organization that were sealed before their version was bound.
package struct SelectKeysToSeal: PostgresStatement {
    package struct Row: Sendable {
        package let connectionID: ConnectionID
        package let key: SealedKey
    }

    package static let sql = """
        SELECT id, sealed_key, sealed_key_version FROM connections
        WHERE org_id = $1 AND sealed_key_version = 0 AND sealed_key <> '' AND id > $2
        ORDER BY id LIMIT $3
        """

    package let organizationID: OrganizationID
    /// The last connection that was looked at.
    package let after: ConnectionID
    package let limit: Int

    package init(organizationID: OrganizationID, after: ConnectionID, limit: Int) {
        self.organizationID = organizationID
        self.after = after
        self.limit = limit
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(after.postgresUUID)
        bindings.append(limit)
    }

    package static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            connectionID: ConnectionID(try row.uuid(0)),
            key: SealedKey(bytes: try row.bytes(1), version: try row.int64(2)))
    }
}

/// Stores a key that was sealed anew, unless somebody gave the connection another one meanwhile.
package struct UpdateSealedKey: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE connections SET sealed_key = $4, sealed_key_version = $5
        WHERE org_id = $1 AND id = $2 AND sealed_key = $3
        """

    package let organizationID: OrganizationID
    package let connectionID: ConnectionID
    package let before: SealedKey
    package let after: SealedKey

    package init(
        organizationID: OrganizationID, connectionID: ConnectionID, before: SealedKey,
        after: SealedKey
    ) {
        self.organizationID = organizationID
        self.connectionID = connectionID
        self.before = before
        self.after = after
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(before.bytes)
        bindings.append(after.bytes)
        bindings.append(after.version)
    }
}
