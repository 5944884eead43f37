import API
import Core
import Domain

/// What one business unit, with all below it, may spend in each calendar month.
struct Budget: Hashable, Sendable {
    let id: BudgetID
    let unit: BusinessUnitCode
    let monthlyAmount: Domain.Money
    let updateTime: Instant

    var wire: API.Budget {
        API.Budget(
            id: id.text, unitCode: unit.text, monthlyAmount: API.Money(monthlyAmount),
            updateTime: Timestamp(updateTime))
    }
}

/// A checked request to set a budget.
struct BudgetToSet: Hashable, Sendable {
    let unit: BusinessUnitCode
    let monthlyAmount: Domain.Money

    /// 10^15 of the currency: more than any company spends, and far from what the column holds.
    private static let picosMax: Int128 = 1_000_000_000_000_000_000_000_000_000

    /// Checks the unit's code, then the amount: present, exact, in `currency`, not negative, not
    /// above 10^15.
    init(wire: SetBudgetRequest, currency: Currency) throws(ServiceError) {
        do throws(ServiceError) {
            unit = try BusinessUnitCode(wire.unitCode)
        } catch {
            throw error.within("unit_code")
        }
        guard let amount = wire.monthlyAmount else {
            throw ServiceError(
                .invalidArgument, "AMOUNT_MISSING", field: "monthly_amount",
                "A budget needs a monthly amount.")
        }
        do throws(ServiceError) {
            monthlyAmount = try Domain.Money(wire: amount)
        } catch {
            throw error.within("monthly_amount")
        }
        guard monthlyAmount.currency == currency else {
            throw ServiceError(
                .invalidArgument, "CURRENCY_MISMATCH", field: "monthly_amount.currency_code",
                "Budgets are in the organization's reporting currency, \(currency).")
        }
        guard monthlyAmount.picos >= 0 else {
            throw ServiceError(
                .invalidArgument, "AMOUNT_NEGATIVE", field: "monthly_amount.amount",
                "A budget is zero or more.")
        }
        guard monthlyAmount.picos <= Self.picosMax else {
            throw ServiceError(
                .invalidArgument, "AMOUNT_OUT_OF_RANGE", field: "monthly_amount.amount",
                "A budget is at most 1000000000000000.")
        }
    }
}
