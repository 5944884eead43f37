package import Domain
package import Postgres
import ServiceRuntime

/// The sealed key of one connection.
package struct SelectSealedKey: PostgresStatement {
    package static let sql = "SELECT sealed_key FROM connections WHERE org_id = $1 AND id = $2"

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

    package static func decode(_ row: PostgresRow) throws -> [UInt8] {
        try row.bytes(0)
    }
}
