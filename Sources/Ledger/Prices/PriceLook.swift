package import Core
import Encryption

/// Which prices an organization's usage is priced by: what was unpriced by the same stays so.
package struct PriceState: Hashable, Sendable {
    /// Number of the newest import.
    package let catalogueVersion: Int64
    /// SHA-256 over the overrides' numbers and ends: nothing else of one ever changes.
    package let overridesHash: [UInt8]

    /// - Throws: where no hash can be had of the system.
    package init(_ calculator: CostCalculator) throws {
        let overrides = calculator.overrides.all.sorted { $0.number < $1.number }.map {
            "\($0.number) \($0.validTo.map { "\($0.microseconds)" } ?? "")\n"
        }
        self.init(
            catalogueVersion: calculator.catalogue.version,
            overridesHash: try SHA256.digest(Array(overrides.joined().utf8)))
    }

    init(catalogueVersion: Int64, overridesHash: [UInt8]) {
        self.catalogueVersion = catalogueVersion
        self.overridesHash = overridesHash
    }
}

/// How far the unpriced events of an organization have been looked at with the prices of one state.
///
/// They are looked at twice: a server may price by what was replaced for half a minute, and what it prices
/// is recorded some time later. What such a one leaves without a price, the second look finds.
package struct PriceLook: Hashable, Sendable {
    /// From the first look's beginning to the second's: longer than a server keeps prices in memory and
    /// calls may take.
    package static let pause = Duration.seconds(300)
    /// With more nothing new is found.
    package static let looksMax = 2

    package let state: PriceState
    /// Since the first one began, by the database's clock.
    package let age: Duration
    /// Those that came to their end.
    package let looks: Int
    /// Where the one under way goes on.
    package var position: Position
    /// Behind which row of a provider's usage report; nil before the first.
    package var reportPlace: ReportedUsage.Place?

    package struct Position: Hashable, Sendable {
        /// Nil: at the oldest event.
        package var time: Instant?
        /// Behind this block of events of what is from then on; -1 before the first.
        package var block: Int64 = -1

        package init(time: Instant? = nil, block: Int64 = -1) {
            self.time = time
            self.block = block
        }

        /// The same in a span that is to be gone on with: blocks follow one another as they were recorded,
        /// so those that are done are done for the month of the position only.
        package func within(_ span: UnpricedSpan) -> Position {
            let isOfItsMonth = time.map { UTCMonth.end(of: $0) == span.end } ?? false
            return Position(time: span.window.lowerBound, block: isOfItsMonth ? block : -1)
        }
    }

    /// One that begins.
    package init(_ state: PriceState) {
        self.init(state: state, age: .zero, looks: 0, position: Position())
    }

    init(
        state: PriceState, age: Duration, looks: Int, position: Position,
        reportPlace: ReportedUsage.Place? = nil
    ) {
        self.state = state
        self.age = age
        self.looks = looks
        self.position = position
        self.reportPlace = reportPlace
    }
}
