package import Core
package import Domain
package import Encryption
package import Postgres
package import ServiceRuntime

/// What business units spend, after allocation. Budgets need it and do not allocate themselves:
/// the program passes in who does.
package protocol UnitSpendSource: Sendable {
    /// The effective spend of the units, read in the caller's transaction.
    func unitSpend(
        of query: UnitSpendQuery, in transaction: PostgresTransaction
    ) async throws -> UnitSpend
}

/// What is asked of a `UnitSpendSource`.
package struct UnitSpendQuery: Sendable {
    package let organization: OrganizationID
    /// The organization's.
    package let keys: any PersonalFieldKeys
    /// What of the organization to count: of a part, each unit's spend of the days on which the unit
    /// stands in it.
    package let scope: UnitScope
    package let zone: OrganizationZone
    package let currency: Currency
    package let month: CivilMonth
    /// Days whose amounts forecasts rest on; empty where none is wanted.
    package let days: Range<CivilDate>
    package let now: Instant

    package init(
        organization: OrganizationID, keys: any PersonalFieldKeys, scope: UnitScope,
        zone: OrganizationZone,
        currency: Currency, month: CivilMonth, days: Range<CivilDate>, now: Instant
    ) {
        self.organization = organization
        self.keys = keys
        self.scope = scope
        self.zone = zone
        self.currency = currency
        self.month = month
        self.days = days
        self.now = now
    }
}

/// What a `UnitSpendSource` answers. Units without spend may be absent.
package struct UnitSpend: Sendable {
    /// Picos of the month: each unit's own and that of all units below it.
    package let totals: [BusinessUnitCode: Int128]
    /// Picos of the month of all units together.
    package let total: Int128
    /// Picos of each of the query's days, of each unit and all below it; only for forecasts.
    package let dailyTotalsEstimate: [BusinessUnitCode: [Int128]]
    /// Picos of each of the query's days of all units together; only for forecasts.
    package let dailyTotalEstimate: [Int128]
    /// What of the month no unit answers for, in picos.
    package let unallocated: Int128
    /// Units whose amounts of the month lack days on which they were not the caller's.
    package let partlyShown: Set<BusinessUnitCode>
    /// Units whose daily amounts do, their own or those of a unit below.
    package let partlyShownByDay: Set<BusinessUnitCode>
    /// Of the month's figures.
    package let completeness: SpendCompleteness

    package init(
        totals: [BusinessUnitCode: Int128], total: Int128,
        dailyTotalsEstimate: [BusinessUnitCode: [Int128]], dailyTotalEstimate: [Int128],
        unallocated: Int128, partlyShown: Set<BusinessUnitCode> = [],
        partlyShownByDay: Set<BusinessUnitCode> = [], completeness: SpendCompleteness
    ) {
        self.totals = totals
        self.total = total
        self.dailyTotalsEstimate = dailyTotalsEstimate
        self.dailyTotalEstimate = dailyTotalEstimate
        self.unallocated = unallocated
        self.partlyShown = partlyShown
        self.partlyShownByDay = partlyShownByDay
        self.completeness = completeness
    }
}
