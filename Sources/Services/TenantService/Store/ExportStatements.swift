import Core
import Domain
import Postgres
import ServiceRuntime

/// Makes the transaction the only one of all servers that exports an organization, until it ends;
/// false where another one does.
struct TryLockExport: PostgresStatement {
    static let sql = """
        SELECT pg_try_advisory_xact_lock(hashtextextended('tally export ' || $1::uuid::text, 0))
        """

    let organization: OrganizationID

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
    }

    static func decode(_ row: PostgresRow) throws -> Bool {
        try row.bool(0)
    }
}

/// Rows of an organization's table in the order of its key, as JSON, with what is sealed of people.
struct SelectExportRows: PostgresStatement {
    struct Row: Sendable {
        /// Of the row, as a JSON array of texts.
        let key: String
        let content: String
        /// Nil where the table has nothing that is opened.
        let sealed: [UInt8]?
    }

    static let sql = """
        SELECT row_key, content, decode(sealed[1], 'hex')
        FROM tally.export_rows($1, $2, $3, $4, $5, $6)
        """

    let organization: OrganizationID
    let table: ExportedTable
    /// Key of the last row read; empty for the first rows.
    let after: String
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(table.name)
        bindings.append(table.columns)
        bindings.append(table.opened.map { [$0.rawValue] } ?? [])
        bindings.append(after)
        bindings.append(limit)
    }

    static func decode(_ row: PostgresRow) throws -> Row {
        Row(
            key: try row.string(0), content: try row.string(1), sealed: try row.optionalBytes(2))
    }
}
