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
        currency = event.currency
        quantities = event.event.quantities
        requests = 1
        state = event.event.state
    }

    /// What an event comes to whose quantities are these.
    init(
        correcting usage: UsageToPrice, calculator: CostCalculator
    ) throws(ServiceError) {
        self.init(cost: try calculator.cost(of: usage))
        quantities = usage.quantities
        requests = 1
        state = usage.state
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

    /// What a row of a usage report comes to by other prices.
    init(repricing row: ReportedUsage, calculator: CostCalculator) throws(ServiceError) {
        self.init(cost: try calculator.cost(of: row.usage))
        quantities = row.figures.quantities
        requests = row.figures.requests
        state = row.figures.state
    }

    /// What is left where all of it is taken back.
    var takenBack: Figures {
        var nothing = Figures()
        nothing.currency = currency
        nothing.state = state
        return nothing
    }

    /// Whether a correction from one to the other would change nothing.
    func says(_ other: Figures) -> Bool {
        picos == other.picos && currency == other.currency && isUnpriced == other.isUnpriced
            && quantities.withoutZeros == other.quantities.withoutZeros
            && requests == other.requests && state == other.state
    }

    /// The sum with an entry of the same root, which says how the root stands from then on.
    func adding(_ entry: SelectEntriesOfRoots.Row) -> Figures? {
        let (picos, overflow) = picos.addingReportingOverflow(entry.picos ?? 0)
        let (requests, isTooMany) = requests.addingReportingOverflow(entry.requests)
        guard let quantities = quantities.adding(entry.quantities), !overflow, !isTooMany else {
            return nil
        }
        var sum = Figures()
        sum.quantities = quantities
        sum.picos = picos
        sum.requests = requests
        sum.isUnpriced = entry.picos == nil
        sum.currency = entry.currency
        sum.state = entry.state
        sum.priceVersion = entry.priceVersion
        return sum
    }

    private init(cost: Cost) {
        picos = Int128(cost.picos ?? 0)
        isUnpriced = cost.picos == nil
        priceVersion = cost.priceVersion
    }
}
