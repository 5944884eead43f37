import API
import Core
import Domain
import Testing

@testable import BudgetingService

@Suite struct BudgetTests {
    @Test(
        arguments: [
            (100, 0, nil, BudgetState.onTrack), (100, 100, 100, .onTrack),
            (100, 100, nil, .onTrack),
            (100, 50, 101, .atRisk), (100, 101, nil, .over), (100, 101, 102, .over),
            (0, 0, 0, .onTrack), (0, 0, 1, .atRisk), (0, 1, 1, .over), (0, -1, nil, .onTrack),
        ] as [(Int128, Int128, Int128?, BudgetState)])
    func statesFollowSpendAndForecast(
        budget: Int128, spent: Int128, forecast: Int128?, state: BudgetState
    ) {
        #expect(BudgetState(budget: budget, spent: spent, forecast: forecast) == state)
    }

    /// Checks in their documented order, each with the field that it names.
    @Test(arguments: [
        (SetBudgetRequest(), "BUSINESS_UNIT_CODE_MALFORMED", "unit_code"),
        (SetBudgetRequest(unitCode: "core"), "AMOUNT_MISSING", "monthly_amount"),
        (
            SetBudgetRequest(unitCode: "core", monthlyAmount: .init(amount: "1")),
            "CURRENCY_MALFORMED", "monthly_amount.currency_code"
        ),
        (
            SetBudgetRequest(
                unitCode: "core", monthlyAmount: .init(amount: "x", currencyCode: "USD")),
            "DECIMAL_MALFORMED", "monthly_amount.amount"
        ),
        (
            SetBudgetRequest(
                unitCode: "core", monthlyAmount: .init(amount: "1", currencyCode: "EUR")),
            "CURRENCY_MISMATCH", "monthly_amount.currency_code"
        ),
        (
            SetBudgetRequest(
                unitCode: "core", monthlyAmount: .init(amount: "-1", currencyCode: "USD")),
            "AMOUNT_NEGATIVE", "monthly_amount.amount"
        ),
        (
            SetBudgetRequest(
                unitCode: "core",
                monthlyAmount: .init(amount: "1000000000000000.000000000001", currencyCode: "USD")),
            "AMOUNT_OUT_OF_RANGE", "monthly_amount.amount"
        ),
    ])
    func eachFaultHasItsReasonAndField(
        request: SetBudgetRequest, reason: String, field: String
    ) {
        let error = #expect(throws: ServiceError.self) {
            try BudgetToSet(wire: request, currency: .usd)
        }
        #expect(error?.reason.rawValue == reason)
        #expect(error?.field == field)
    }

    @Test func zeroIsABudget() throws {
        let request = SetBudgetRequest(
            unitCode: "core", monthlyAmount: .init(amount: "0", currencyCode: "USD"))
        #expect(try BudgetToSet(wire: request, currency: .usd).monthlyAmount.picos == 0)
    }
}
