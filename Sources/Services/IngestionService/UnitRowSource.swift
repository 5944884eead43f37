package import Core
package import Domain
package import Encryption
package import Ledger
package import Postgres
package import ServiceRuntime

/// Tells which rows of spend are those of some business units. Reports need it and do not allocate
/// themselves: the program passes in who does.
package protocol UnitRowSource: Sendable {
    /// What rules give to single units of a scope, read in the caller's transaction.
    func rows(
        of query: UnitRowQuery, in transaction: PostgresTransaction
    ) async throws -> any UnitRows
}

/// What is asked of a `UnitRowSource`.
package struct UnitRowQuery: Sendable {
    package let organization: OrganizationID
    /// The organization's.
    package let keys: any PersonalFieldKeys
    package let scope: UnitScope
    package let zone: OrganizationZone
    /// Not empty.
    package let days: Range<CivilDate>
    package let now: Instant

    package init(
        organization: OrganizationID, keys: any PersonalFieldKeys, scope: UnitScope,
        zone: OrganizationZone, days: Range<CivilDate>, now: Instant
    ) {
        self.organization = organization
        self.keys = keys
        self.scope = scope
        self.zone = zone
        self.days = days
        self.now = now
    }
}

/// The rows of one window that are shown. It remembers what it has told, so it is asked for row after row.
package protocol UnitRows: Sendable {
    /// Instants at which units come, move or end: no row of the window may reach across one.
    var cuts: [Instant] { get }

    mutating func shows(_ row: SpendRow) -> Bool
}
