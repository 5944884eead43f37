/// How a transaction begins: as whom, for which organization, and how long its statements may run.
package struct TransactionOptions: Sendable {
    package enum Isolation: String, Sendable {
        case readCommitted = "READ COMMITTED"
        case repeatableRead = "REPEATABLE READ"
        case serializable = "SERIALIZABLE"
    }

    /// Role to act as until the end of the transaction; nil keeps the login's own.
    package var role: String?
    /// Organization that row security admits; nil admits none.
    package var organization: PostgresUUID?
    package var isolation: Isolation
    package var isReadOnly: Bool
    /// Longest time one statement may take; nil leaves the server's setting.
    package var statementTimeout: Duration?

    package init(
        role: String? = nil, organization: PostgresUUID? = nil,
        isolation: Isolation = .readCommitted, isReadOnly: Bool = false,
        statementTimeout: Duration? = nil
    ) {
        self.role = role
        self.organization = organization
        self.isolation = isolation
        self.isReadOnly = isReadOnly
        self.statementTimeout = statementTimeout
    }

    /// The statements that begin the transaction, sent together with its first.
    ///
    /// `SET` takes no parameters. The organization is the canonical text of a parsed UUID, and a
    /// role is a plain identifier, so neither can carry SQL.
    func beginStatements() throws(PostgresError) -> [String] {
        let access = isReadOnly ? "READ ONLY" : "READ WRITE"
        return ["BEGIN ISOLATION LEVEL \(isolation.rawValue) \(access)"] + (try settings())
    }

    /// Name of the only savepoint that a transaction has at a time.
    static let savepoint = "tally_part"

    /// The statements that begin a part of a transaction, in one text: as `beginStatements`, and an
    /// organization that an earlier part acted for is forgotten.
    func savepointStatements() throws(PostgresError) -> String {
        var statements = ["SAVEPOINT \(Self.savepoint)"]
        // PostgreSQL takes this back at the end of the part.
        if isReadOnly { statements.append("SET TRANSACTION READ ONLY") }
        if organization == nil { statements.append("SET LOCAL app.org_id = ''") }
        return (statements + (try settings())).joined(separator: "; ")
    }

    /// Statements, since what functions set does not reach the workers of a distributed database.
    private func settings() throws(PostgresError) -> [String] {
        var statements: [String] = []
        if let role, !OrganizationFilterMutation.isActive {
            guard Self.isPlainIdentifier(role) else {
                throw PostgresError(.invalidParameter, message: "not the name of a role")
            }
            statements.append("SET LOCAL ROLE \(role)")
        }
        if let organization {
            statements.append("SET LOCAL app.org_id = '\(organization.text)'")
        }
        if let statementTimeout {
            let parts = statementTimeout.components
            let milliseconds = parts.seconds * 1000 + parts.attoseconds / 1_000_000_000_000_000
            // 0 would mean no limit; 2^31-1 is the largest that PostgreSQL takes.
            let bounded = min(max(milliseconds, 1), 2_147_483_647)
            statements.append("SET LOCAL statement_timeout = \(bounded)")
        }
        return statements
    }

    /// Whether `name` needs no quotes in SQL: lower-case letters, digits and underscores.
    static func isPlainIdentifier(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first), name.utf8.count < 64 else {
            return false
        }
        return name.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == 95
        }
    }
}
