package import Core
package import Domain

/// One metered call as its sender told it, checked and in the domain's words.
package struct LedgerEvent: Hashable, Sendable {
    /// Unique per organization and source.
    package var id: String
    package var time: Instant
    /// `dimensions.source` is the feed that the event comes from.
    package var dimensions: DimensionSet
    package var quantities: UsageQuantities
    package var state: UsageState
    package var status: EventStatus
    /// Total tokens as the provider gives them; 0 where unknown.
    package var totalTokens: Int64
    package var latencyMilliseconds: Int64
    package var attempt: Int32
    package var session: String
    package var run: String

    package init(
        id: String, time: Instant, dimensions: DimensionSet,
        quantities: UsageQuantities = UsageQuantities(), state: UsageState = .reported,
        status: EventStatus = .ok, totalTokens: Int64 = 0, latencyMilliseconds: Int64 = 0,
        attempt: Int32 = 0, session: String = "", run: String = ""
    ) {
        self.id = id
        self.time = time
        self.dimensions = dimensions
        self.quantities = quantities
        self.state = state
        self.status = status
        self.totalTokens = totalTokens
        self.latencyMilliseconds = latencyMilliseconds
        self.attempt = attempt
        self.session = session
        self.run = run
    }

    package var source: String { dimensions.source }

    package var usage: UsageToPrice {
        UsageToPrice(
            dimensions, granularity: .request, time: time, quantities: quantities, state: state)
    }

    /// Every field the sender gave but the id, in one unambiguous form: what tells a repeated
    /// event from another one with the same id. The order of quantities and tags is no content.
    var content: [UInt8] {
        var text = "1;\(time.microseconds);\(state.rawValue);\(status.rawValue);"
        text += "\(totalTokens);\(latencyMilliseconds);\(attempt);"
        for quantity in quantities.all {
            text += "\(quantity.quantityClass.rawValue)=\(quantity.amount),"
        }
        text += ";\(session.utf8.count):\(session)\(run.utf8.count):\(run)"
        text += dimensions.canonicalText
        return Array(text.utf8)
    }
}

/// An event with what it costs.
package struct PricedEvent: Sendable {
    package let event: LedgerEvent
    package let cost: Cost
    /// Those that the sender gave, with the context tier. They are no content of the event: what a
    /// price says must not make a repeated event a conflict.
    let dimensions: DimensionSet

    /// `AMOUNT_OUT_OF_RANGE` where the cost is beyond what an entry holds.
    package init(_ event: LedgerEvent, calculator: CostCalculator) throws(ServiceError) {
        self.event = event
        let usage = event.usage
        cost = try calculator.cost(of: usage)
        var dimensions = event.dimensions
        dimensions.contextTier =
            ContextTier(event: usage, price: calculator.price(of: usage)?.price).text
        self.dimensions = dimensions
    }
}

/// What became of one event.
package enum EventOutcome: Hashable, Sendable {
    case accepted(isUnpriced: Bool)
    /// Recorded before with the same content; counted once.
    case duplicate
    /// Recorded before with other content; this one is stored nowhere.
    case conflict
}
