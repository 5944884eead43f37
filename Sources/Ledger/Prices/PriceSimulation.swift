package import Core
package import Domain
package import Postgres

/// What other prices would have made of metered events: exact, event by event, and nothing is stored.
package struct PriceSimulation: Sendable {
    /// What the events of one model came to, and would have.
    package struct Sum: Hashable, Sendable {
        package var events: Int64 = 0
        package var recordedPicos: Int128 = 0
        package var recordedUnpriced: Int64 = 0
        package var simulatedPicos: Int128 = 0
        package var simulatedUnpriced: Int64 = 0

        package init() {}
    }

    package struct Model: Hashable, Comparable, Sendable {
        package let provider: ExactText
        package let model: ExactText

        package static func < (left: Self, right: Self) -> Bool {
            left.provider == right.provider
                ? left.model < right.model : left.provider < right.provider
        }
    }

    /// Of up to 2,500 events each.
    private static let blocksPerPage = 4

    private let calculator: CostCalculator

    package init(calculator: CostCalculator) {
        self.calculator = calculator
    }

    /// Prices the events of a span anew.
    /// - Throws: `AMOUNT_OUT_OF_RANGE` where an event would cost more than an entry holds.
    package func run(
        of organization: OrganizationID, during window: Range<Instant>,
        in transaction: PostgresTransaction
    ) async throws -> [Model: Sum] {
        let key = PostgresUUID(organization)
        var sums: [Model: Sum] = [:]
        var sets: [Int64: DimensionSet] = [:]
        var page = SelectMeteredEvents(
            organization: key, from: window.lowerBound, through: window.upperBound, afterBlock: -1,
            blockLimit: Self.blocksPerPage)
        while true {
            let events = try await transaction.run(page)
            let missing = Set(events.map(\.dimensionSetID)).filter { sets[$0] == nil }.sorted()
            if !missing.isEmpty {
                for set in try await transaction.run(
                    SelectDimensionSets(organization: key, ids: missing))
                {
                    sets[set.id] = set.dimensions
                }
            }
            for event in events where window.contains(event.time) {
                guard let dimensions = sets[event.dimensionSetID] else {
                    throw EntryWriter.lostDimensionSet
                }
                try add(event, dimensions, to: &sums)
            }
            guard let last = events.last else { return sums }
            page.afterBlock = last.block
        }
    }

    private func add(
        _ event: SelectMeteredEvents.Row, _ dimensions: DimensionSet,
        to sums: inout [Model: Sum]
    ) throws(ServiceError) {
        let usage = UsageToPrice(
            dimensions, granularity: .request, time: event.time, quantities: event.quantities,
            state: event.state)
        let cost = try calculator.cost(of: usage)
        let model = Model(
            provider: ExactText(dimensions.provider), model: ExactText(dimensions.model))
        var sum = sums[model] ?? Sum()
        sum.events += 1
        // So many amounts of 64 bits as there can be events fit 128.
        sum.recordedPicos += Int128(event.amountPicos ?? 0)
        sum.recordedUnpriced += event.amountPicos == nil ? 1 : 0
        sum.simulatedPicos += Int128(cost.picos ?? 0)
        sum.simulatedUnpriced += cost.picos == nil ? 1 : 0
        sums[model] = sum
    }
}

extension PriceCatalogue {
    /// The catalogue with the prices of a file in place of those it has of the same models, at any time.
    package func replacing(_ file: PriceFile) -> PriceCatalogue {
        let named = Set(file.rows.map(\.price.name))
        let kept = versions.filter { !named.contains($0.price.name) }
        return PriceCatalogue(
            version: version,
            versions: kept + file.rows.map { PriceVersion(id: 0, price: $0.price) })
    }
}
