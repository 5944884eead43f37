import Core
import Domain
import Postgres
import ServiceRuntime

/// Sets the budget of a unit that has none; no row where it has one.
struct InsertBudget: PostgresStatement {
    static let sql = """
        INSERT INTO budgets (org_id, id, unit_code, currency, amount_picos, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (org_id, unit_code) DO NOTHING
        RETURNING id, unit_code, currency, amount_picos, updated_at
        """

    let organization: OrganizationID
    let id: BudgetID
    let budget: BudgetToSet
    let updateTime: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(id.postgresUUID)
        bindings.append(budget.unit.text)
        bindings.append(budget.monthlyAmount.currency.code)
        bindings.append(budget.monthlyAmount.picos)
        bindings.append(updateTime)
    }

    static func decode(_ row: PostgresRow) throws -> Budget {
        try Budget(row: row)
    }

    /// What the database says where the unit does not exist.
    static func reason(of error: PostgresError) -> any Error {
        guard error.breaks("budgets_unit_exists") else { return error }
        return ServiceError(
            .notFound, "BUSINESS_UNIT_NOT_FOUND", field: "unit_code",
            "There is no such business unit; create it first.", cause: error)
    }
}

/// A unit's budget, locked until the transaction ends.
struct LockBudget: PostgresStatement {
    static let sql = """
        SELECT id, unit_code, currency, amount_picos, updated_at
        FROM budgets
        WHERE org_id = $1 AND unit_code = $2
        FOR UPDATE
        """

    let organization: OrganizationID
    let unit: BusinessUnitCode

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(unit.text)
    }

    static func decode(_ row: PostgresRow) throws -> Budget {
        try Budget(row: row)
    }
}

/// Changes a unit's budget, which keeps its id.
struct UpdateBudget: PostgresStatement {
    static let sql = """
        UPDATE budgets SET currency = $3, amount_picos = $4, updated_at = $5
        WHERE org_id = $1 AND unit_code = $2
        RETURNING id, unit_code, currency, amount_picos, updated_at
        """

    let organization: OrganizationID
    let budget: BudgetToSet
    let updateTime: Instant

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(budget.unit.text)
        bindings.append(budget.monthlyAmount.currency.code)
        bindings.append(budget.monthlyAmount.picos)
        bindings.append(updateTime)
    }

    static func decode(_ row: PostgresRow) throws -> Budget {
        try Budget(row: row)
    }
}

/// A page of the organization's budgets, by unit code.
struct SelectBudgets: PostgresStatement {
    static let sql = """
        SELECT id, unit_code, currency, amount_picos, updated_at
        FROM budgets
        WHERE org_id = $1 AND unit_code COLLATE "C" > $2 AND ($4 OR unit_code = ANY ($5::text[]))
        ORDER BY unit_code COLLATE "C"
        LIMIT $3
        """

    let organization: OrganizationID
    /// The unit of the last budget known; empty for the first page.
    var after = ""
    let limit: Int
    /// Units whose budgets to show; nil: all.
    let units: VisibleUnits?

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(after)
        bindings.append(limit)
        bindings.append(units == nil)
        bindings.append(units?.codes.map(\.text) ?? [])
    }

    static func decode(_ row: PostgresRow) throws -> Budget {
        try Budget(row: row)
    }
}

extension Budget {
    init(row: PostgresRow) throws {
        self.init(
            id: BudgetID(try row.uuid(0)),
            unit: try BusinessUnitCode(try row.string(1)),
            monthlyAmount: Domain.Money(
                picos: try row.int128(3), currency: try Currency(try row.string(2))),
            updateTime: try row.instant(4))
    }
}
