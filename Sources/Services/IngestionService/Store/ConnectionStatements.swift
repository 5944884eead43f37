import Core
import Domain
import Postgres
import ServiceRuntime

/// The provider of each of the organization's connections.
struct SelectConnectionProviders: PostgresStatement {
    struct Row: Sendable {
        let id: ConnectionID
        let provider: String
    }

    let organization: PostgresUUID

    static let sql = "SELECT id, provider FROM connections WHERE org_id = $1"

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(id: ConnectionID(try row.uuid(0)), provider: try row.string(1))
    }
}
