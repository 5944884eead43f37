import Core
import Domain
import Postgres
import ServiceRuntime

/// Sets a unit's budget; one that exists keeps its id.
struct UpsertBudget: PostgresStatement {
    static let sql = """
        INSERT INTO budgets (org_id, id, unit_code, currency, amount_picos, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (org_id, unit_code) DO UPDATE
        SET currency = excluded.currency,
            amount_picos = excluded.amount_picos,
            updated_at = excluded.updated_at
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

/// A page of the organization's budgets, by unit code.
struct SelectBudgets: PostgresStatement {
    static let sql = """
        SELECT id, unit_code, currency, amount_picos, updated_at
        FROM budgets
        WHERE org_id = $1 AND unit_code COLLATE "C" > $2
        ORDER BY unit_code COLLATE "C"
        LIMIT $3
        """

    let organization: OrganizationID
    /// The unit of the last budget known; empty for the first page.
    var after = ""
    let limit: Int

    func bind(into bindings: inout PostgresBindings) {
        bindings.append(organization.postgresUUID)
        bindings.append(after)
        bindings.append(limit)
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
