package import Domain
package import Postgres
import ServiceRuntime

/// The organization's newest wrapped data key.
struct SelectDataKey: PostgresStatement {
    struct StoredKey: Sendable {
        let version: Int32
        let wrapped: [UInt8]
    }

    static let sql = """
        SELECT version, wrapped_key FROM organization_keys
        WHERE org_id = $1 ORDER BY version DESC LIMIT 1
        """

    let organizationID: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> StoredKey {
        StoredKey(version: try row.int32(0), wrapped: try row.bytes(1))
    }
}

struct InsertDataKey: PostgresStatement {
    typealias Row = Void

    static let sql = """
        INSERT INTO organization_keys (org_id, version, wrapped_key) VALUES ($1, $2, $3)
        ON CONFLICT (org_id, version) DO NOTHING
        """

    let organizationID: OrganizationID
    let version: Int32
    let wrapped: [UInt8]

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(version)
        bindings.append(wrapped)
    }
}

/// The sealed key of one connection, with the data key that opens it.
package struct SelectSealedKey: PostgresStatement {
    package static let sql = """
        SELECT c.sealed_key, c.key_version, k.wrapped_key
        FROM connections c
        JOIN organization_keys k ON k.org_id = c.org_id AND k.version = c.key_version
        WHERE c.org_id = $1 AND c.id = $2
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

    package static func decode(_ row: PostgresRow) throws -> KeyVault.SealedKey {
        KeyVault.SealedKey(
            sealed: try row.bytes(0), dataKeyVersion: try row.int32(1),
            wrappedDataKey: try row.bytes(2))
    }
}
