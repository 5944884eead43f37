package import Core
import Domain
package import Postgres

/// Metered events, and rows of providers' usage reports, that are to cost what they cost by the catalogue, and the contracts, of now.
package struct Repricing: Sendable {
    package let window: Range<Instant>
    /// Nil: of any.
    package let provider: String?
    /// Nil: of any. As the event named it.
    package let model: String?
    /// Only events that have no price yet.
    package let isOfUnpricedOnly: Bool
    /// Why, for whoever asks later; nil where a price is there that was missing: see `filling`.
    package let reason: String?
    /// The last block of events that is done; before the first -1.
    package var afterBlock: Int64

    package init(
        window: Range<Instant>, provider: String? = nil, model: String? = nil,
        isOfUnpricedOnly: Bool = false, reason: String, afterBlock: Int64 = -1
    ) {
        self.window = window
        self.provider = provider
        self.model = model
        self.isOfUnpricedOnly = isOfUnpricedOnly
        self.reason = reason
        self.afterBlock = afterBlock
    }

    private init(filling window: Range<Instant>, afterBlock: Int64) {
        self.window = window
        provider = nil
        model = nil
        isOfUnpricedOnly = true
        reason = nil
        self.afterBlock = afterBlock
    }

    /// Events without a price get the one that came since; their corrections name it. Those that have none
    /// yet, whose usage is not known, or that would cost more than an entry holds, stay as they are.
    package static func filling(_ window: Range<Instant>, afterBlock: Int64) -> Repricing {
        Repricing(filling: window, afterBlock: afterBlock)
    }

    /// Whether it is nobody's wish but a matter of course.
    var isFilling: Bool { reason == nil }

    /// Why an event comes to other figures.
    func reason(of figures: Figures) -> String {
        if let reason { return reason }
        guard let number = figures.priceVersion else { return "Its price came later" }
        return number < 0
            ? "Its price came later: override \(-number)"
            : "Its price came later: price version \(number)"
    }

    func includes(_ event: RecordedEvent) -> Bool {
        guard !event.isReversed, !isOfUnpricedOnly || event.figures.isUnpriced else { return false }
        return isOf(event.dimensions)
    }

    /// Whether it is of the provider and the model.
    func isOf(_ dimensions: DimensionSet) -> Bool {
        (provider?.hasSameBytes(as: dimensions.provider) ?? true)
            && (model?.hasSameBytes(as: dimensions.model) ?? true)
    }
}

/// What a part of a repricing came to.
package struct RepricedEvents: Sendable {
    /// Of the events that change: what they came to as recorded, and what they come to as simulated.
    package fileprivate(set) var sums: [PriceSimulation.Model: PriceSimulation.Sum] = [:]
    /// Events that stay without a price since they would cost more than an entry holds.
    package fileprivate(set) var outOfRange = 0
    /// Where the next part begins; nil: there is none.
    package fileprivate(set) var nextBlock: Int64?
}

extension EntryWriter {
    /// Events of one part: as many as may hold up the organization's other writers.
    package static let repricedEventsPerPart = 2_000

    /// Corrects the amounts of some events, from a block on, to what they cost now. The sum of the entries is
    /// the difference; quantities stay. Doing a part again changes nothing.
    /// - Parameters:
    ///   - keptFrom: From when on the organization's usage is kept; nil: all of it.
    ///   - eventLimit: Events of the part; blocks are not cut, so they may be some more.
    /// - Throws: `AMOUNT_OUT_OF_RANGE`.
    package func reprice(
        _ repricing: Repricing, calculator: CostCalculator, in transaction: PostgresTransaction,
        now: Instant, keptFrom: Instant? = nil, eventLimit: Int = repricedEventsPerPart
    ) async throws -> RepricedEvents {
        let tick = try await begin(in: transaction, now: now)
        var (targets, result) = try await repriced(
            repricing, calculator, keptFrom: keptFrom, eventLimit: eventLimit, in: transaction)
        let sets = try await dimensionSetIDs(
            Array(Set(targets.map(\.dimensions))), in: transaction)
        var batch = EntryBatch()
        var lastEntryID = tick.firstEntryID - 1
        for target in targets {
            let before = target.event.figures
            var event = target.event
            let change = EventChange(
                source: event.dimensions.source, id: event.root.id,
                kind: .correction(before.quantities, before.state),
                reason: repricing.reason(of: target.figures))
            // One that costs the same may still move to the dimensions of another context tier.
            _ = try append(
                change, to: &event, target: target.figures, set: sets[target.dimensions],
                batch: &batch, last: &lastEntryID)
            if !before.says(target.figures) {
                result.count(event.dimensions, from: before, to: target.figures)
            }
        }
        try await write(batch, tick: tick, lastEntryID: lastEntryID, in: transaction)
        return result
    }

    /// What `reprice` would change; nothing is stored.
    package func repricePreview(
        _ repricing: Repricing, calculator: CostCalculator, in transaction: PostgresTransaction,
        keptFrom: Instant? = nil, eventLimit: Int = repricedEventsPerPart
    ) async throws -> RepricedEvents {
        var (targets, result) = try await repriced(
            repricing, calculator, keptFrom: keptFrom, eventLimit: eventLimit, in: transaction)
        for target in targets where !target.event.figures.says(target.figures) {
            result.count(target.event.dimensions, from: target.event.figures, to: target.figures)
        }
        return result
    }

    private struct RepricingTarget {
        let event: RecordedEvent
        let figures: Figures
        let dimensions: DimensionSet
    }

    /// What the events of one part come to now, and the block that the next begins behind; nothing is
    /// counted yet.
    private func repriced(
        _ repricing: Repricing, _ calculator: CostCalculator, keptFrom: Instant?, eventLimit: Int,
        in transaction: PostgresTransaction
    ) async throws -> (targets: [RepricingTarget], result: RepricedEvents) {
        var result = RepricedEvents()
        let first = max(repricing.window.lowerBound, keptFrom ?? repricing.window.lowerBound)
        guard first < repricing.window.upperBound else { return ([], result) }
        var pages = MeteredEventPages(
            by: setReader, during: first..<repricing.window.upperBound,
            eventLimit: eventLimit, isOfUnpricedOnly: repricing.isOfUnpricedOnly,
            afterBlock: repricing.afterBlock)
        guard let events = try await pages.next(in: transaction) else { return ([], result) }
        result.nextBlock = pages.block
        var targets: [RepricingTarget] = []
        for event in events where repricing.includes(event) {
            do {
                let (figures, dimensions) = try Self.priced(event, event.usage, calculator)
                // One that stays unpriced keeps its dimensions, too, until somebody says otherwise.
                if repricing.isFilling, figures.isUnpriced { continue }
                targets.append(
                    RepricingTarget(event: event, figures: figures, dimensions: dimensions))
            } catch {
                guard repricing.isFilling, error.reason == "AMOUNT_OUT_OF_RANGE" else {
                    throw error
                }
                result.outOfRange += 1
            }
        }
        return (targets, result)
    }
}

extension RepricedEvents {
    fileprivate mutating func count(
        _ dimensions: DimensionSet, from before: Figures, to after: Figures
    ) {
        sums[PriceSimulation.Model(dimensions), default: PriceSimulation.Sum()].add(
            before, simulated: after.isUnpriced ? nil : after.picos)
    }
}
