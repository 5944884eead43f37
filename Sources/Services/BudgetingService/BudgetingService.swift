// BudgetingService
