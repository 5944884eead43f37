package import Core
package import Domain
package import Encryption
package import Postgres

/// What other prices would have made of metered events, and of providers' usage: exact, event by event and
/// row by row, and nothing is stored.
package struct PriceSimulation: Sendable {
    /// What the events of one model came to, and would have.
    package struct Sum: Hashable, Sendable {
        package var events: Int64 = 0
        package var recordedPicos: Int128 = 0
        package var recordedUnpriced: Int64 = 0
        package var simulatedPicos: Int128 = 0
        package var simulatedUnpriced: Int64 = 0

        package init() {}

        package func adding(_ other: Sum) -> Sum {
            var sum = self
            sum.events += other.events
            sum.recordedPicos += other.recordedPicos
            sum.recordedUnpriced += other.recordedUnpriced
            sum.simulatedPicos += other.simulatedPicos
            sum.simulatedUnpriced += other.simulatedUnpriced
            return sum
        }
    }

    package struct Model: Hashable, Comparable, Sendable {
        package let provider: ExactText
        package let model: ExactText

        package static func < (left: Self, right: Self) -> Bool {
            left.provider == right.provider
                ? left.model < right.model : left.provider < right.provider
        }
    }

    private static let eventsPerPage = 10_000

    private let calculator: CostCalculator

    package init(calculator: CostCalculator) {
        self.calculator = calculator
    }

    /// Prices the events of a span anew, with the quantities that they were corrected to; those that were
    /// reversed are left out.
    /// - Parameter keys: the organization's; no price depends on them.
    /// - Throws: `AMOUNT_OUT_OF_RANGE` where an event would cost more than an entry holds.
    package func run(
        of organization: OrganizationID, during window: Range<Instant>,
        keys: any PersonalFieldKeys, in transaction: PostgresTransaction
    ) async throws -> [Model: Sum] {
        var sums: [Model: Sum] = [:]
        let sets = DimensionSetReader(
            of: PostgresUUID(organization), under: keys, mustOpen: false)
        var pages = MeteredEventPages(by: sets, during: window, eventLimit: Self.eventsPerPage)
        while let events = try await pages.next(in: transaction) {
            for event in events where !event.isReversed {
                let cost = try calculator.cost(of: event.usage)
                sums[Model(event.dimensions), default: Sum()].add(
                    event.figures, simulated: cost.picos.map { Int128($0) })
            }
        }
        return sums
    }

    /// The same of the rows of providers' usage reports, where several connections read an account those of the one
    /// that counts on their day. Events may tell of the same calls.
    package func runReports(
        of organization: OrganizationID, during window: Range<Instant>,
        keys: any PersonalFieldKeys, in transaction: PostgresTransaction
    ) async throws -> [Model: Sum] {
        var sums: [Model: Sum] = [:]
        let sets = DimensionSetReader(
            of: PostgresUUID(organization), under: keys, mustOpen: false)
        let tellers = try await UsageTellers.read(
            of: PostgresUUID(organization), during: window, in: transaction)
        var pages = ReportedUsagePages(by: sets, during: window, rowLimit: Self.eventsPerPage)
        while let rows = try await pages.next(in: transaction) {
            for row in rows
            where !row.isRetracted
                && tellers.counts(row.dimensions.connectionID, at: row.root.time)
            {
                let cost = try calculator.cost(of: row.usage)
                sums[Model(row.dimensions), default: Sum()].add(
                    row.figures, simulated: cost.picos.map { Int128($0) })
            }
        }
        return sums
    }
}

extension [PriceSimulation.Model: PriceSimulation.Sum] {
    /// All models together.
    package var total: PriceSimulation.Sum {
        values.reduce(into: PriceSimulation.Sum()) { total, sum in
            total = total.adding(sum)
        }
    }

    /// By the size of what changes, largest first; models that change alike by name.
    package var byDifference: [(key: PriceSimulation.Model, value: PriceSimulation.Sum)] {
        sorted { left, right in
            let changes = [left.value, right.value].map {
                ($0.simulatedPicos - $0.recordedPicos).magnitude
            }
            return changes[0] == changes[1] ? left.key < right.key : changes[0] > changes[1]
        }
    }
}

extension PriceSimulation.Model {
    init(_ dimensions: DimensionSet) {
        self.init(
            provider: ExactText(dimensions.provider), model: ExactText(dimensions.model))
    }
}

extension PriceSimulation.Sum {
    /// Counts an event.
    /// - Parameter simulated: Nil where it would have no price.
    mutating func add(_ recorded: Figures, simulated: Int128?) {
        events += 1
        // So many amounts of 64 bits as there can be events fit 128.
        recordedPicos += recorded.picos
        recordedUnpriced += recorded.isUnpriced ? 1 : 0
        simulatedPicos += simulated ?? 0
        simulatedUnpriced += simulated == nil ? 1 : 0
    }
}

extension PriceCatalogue {
    /// The catalogue with the prices and aliases of a file in place of those it has of the same names, at any
    /// time.
    package func replacing(_ file: PriceFile) -> PriceCatalogue {
        let named = Set(file.rows.map(\.price.name))
        let kept = versions.filter { !named.contains($0.price.name) }
        let renamed = Set(file.aliases.map(\.key))
        return PriceCatalogue(
            version: version,
            versions: kept + file.rows.map { PriceVersion(id: 0, price: $0.price) },
            aliases: aliases.filter { !renamed.contains(PriceFile.Alias.Key($0)) }
                + file.aliases.map(\.alias),
            prices: prices)
    }
}
