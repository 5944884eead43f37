import API

/// How a budget stands.
enum BudgetState: Sendable {
    /// Spend and forecast are within the budget.
    case onTrack
    /// Spend is within the budget, the forecast is not.
    case atRisk
    /// Spend is above the budget.
    case over

    /// Amounts in picos of one currency; a month without a forecast is judged by its spend.
    init(budget: Int128, spent: Int128, forecast: Int128?) {
        if spent > budget {
            self = .over
        } else if let forecast, forecast > budget {
            self = .atRisk
        } else {
            self = .onTrack
        }
    }

    var wire: API.BudgetStatus.State {
        switch self {
        case .onTrack: .onTrack
        case .atRisk: .atRisk
        case .over: .over
        }
    }
}
