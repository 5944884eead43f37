import Core
import Domain

/// What the entries of one root come to: what a correction starts from, or leads to.
struct Figures: Equatable {
    /// 0 where the cost is not known.
    var picos: Int128 = 0
    var currency: Currency = .usd
    var isUnpriced = false
    var quantities = UsageQuantities()
    var requests: Int64 = 0
    var state = UsageState.reported
    var priceVersion: Int64?

    var unpricedTokens: Int64 { isUnpriced ? quantities.totalTokens ?? .max : 0 }

    init() {}

    init(event: PricedEvent) {
        self.init(cost: event.cost)
        quantities = event.event.quantities
        requests = 1
        state = event.event.state
    }

    /// Prices a usage row; `AMOUNT_OUT_OF_RANGE` or `QUANTITY_OUT_OF_RANGE` where a figure is beyond
    /// an entry.
    init(row: ReportRow, calculator: CostCalculator) throws(ServiceError) {
        try row.checkRange()
        switch row.figures {
        case .retractedUsage: self.init()
        case .charge(let amount):
            self.init()
            picos = amount.picos
            currency = amount.currency
        case .usage(let quantities, let requests, let state):
            let usage = UsageToPrice(
                row.dimensions, granularity: .aggregate, time: row.time, quantities: quantities,
                state: state)
            self.init(cost: try calculator.cost(of: usage))
            self.quantities = quantities
            self.requests = requests
            self.state = state
        }
    }

    private init(cost: Cost) {
        picos = Int128(cost.picos ?? 0)
        isUnpriced = cost.picos == nil
        priceVersion = cost.priceVersion
    }
}
