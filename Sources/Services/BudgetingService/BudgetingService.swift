package import Ledger
package import ServiceRuntime

import API

/// What business units may spend, what they have spent, and where the month will end.
package struct Service: Sendable {
    let spendReader: SpendReader
    let unitSpendSource: any UnitSpendSource

    /// `unitSpendSource` says what units spend: allocation, passed in by the program.
    package init(spendReader: SpendReader, unitSpendSource: any UnitSpendSource) {
        self.spendReader = spendReader
        self.unitSpendSource = unitSpendSource
    }

    package func register(in registry: inout ServiceRegistry) {
        registry.register(BudgetingServiceMethods.SetBudget.self, setBudget)
        registry.register(BudgetingServiceMethods.ListBudgets.self, listBudgets)
        registry.register(BudgetingServiceMethods.GetBudgetStatus.self, getBudgetStatus)
        registry.register(BudgetingServiceMethods.GetMonthEndForecast.self, getMonthEndForecast)
    }
}
