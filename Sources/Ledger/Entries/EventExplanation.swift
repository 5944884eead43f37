package import Core
package import Domain
package import Encryption
package import Postgres

/// What an event's amount is made of, entry by entry.
package struct EventExplanation: Sendable {
    /// One entry of the event: its own, or one that corrects or reverses it.
    package struct Step: Sendable {
        package let entryID: Int64
        package let kind: EntryKind
        /// 0 for the event's own.
        package let correctionNumber: Int32
        package let recordedAt: Instant
        /// Empty where none was given.
        package let reason: String
        /// What the entry adds; nil where the event's cost is not known from then on.
        package let amount: Money?
        /// What all of the event's quantities are from then on, and what they come to.
        package let quantities: UsageQuantities
        package let state: UsageState
        package let total: Money?
        /// The price that made it, or the contract's, whose number is below 0; nil where none did.
        package let price: PriceVersion?
        /// The alias by which the event's model has that price; nil where none led to it.
        package let alias: PriceAlias?
        /// The price × the quantities; nil where there is no price.
        package let costs: CostLines?
    }

    /// One dimension that rules derived.
    package struct Derived: Sendable {
        package let target: AttributionTarget
        /// What the event counts under.
        package let value: String
        /// Nil where nothing was.
        package let sent: String?
        package let ruleSetVersion: Int64
        package let rule: String
    }

    /// The event as it was sent.
    package let event: LedgerEvent
    /// By their names.
    package let derived: [Derived]
    package let isReversed: Bool
    /// At least the event's own.
    package let steps: [Step]

    /// What the event comes to minus what the provider said; nil where either is unknown, their currencies
    /// differ, or the event counts nothing any more.
    package var providerCostDifference: Money? {
        guard !isReversed, let said = event.providerCost?.money, let total = steps.last?.total,
            said.currency == total.currency
        else { return nil }
        return Money(picos: total.picos - said.picos, currency: total.currency)
    }

    /// Reads an event; nil where the organization has none with this source and id.
    /// - Parameter keys: the organization's; its user reads as away, or destroyed, where they are.
    package static func read(
        source: String, id: String, of organization: OrganizationID, calculator: CostCalculator,
        keys: any PersonalFieldKeys, in transaction: PostgresTransaction
    ) async throws -> EventExplanation? {
        var hasher = try EntryHasher()
        let identity = try hasher.identity(source: source, id: id)
        let organization = PostgresUUID(organization)
        let known = try await transaction.run(
            SelectKnownKeys(
                organization: organization, identities: [identity], firstEntryID: .max))
        let sets = DimensionSetReader(of: organization, under: keys, mustOpen: false)
        let events = try await RecordedEvent.read(known, by: sets, in: transaction)
        guard let event = known.first.flatMap({ events[$0.entryID] }) else { return nil }
        return EventExplanation(event, calculator: calculator)
    }

    init(_ recorded: RecordedEvent, calculator: CostCalculator) {
        let root = recorded.root
        var dimensions = recorded.dimensions
        // The price said it, not the sender.
        dimensions.contextTier = ""
        derived = Self.derived(of: dimensions)
        event = LedgerEvent(
            id: root.id, time: root.time, dimensions: dimensions.asSent,
            quantities: root.figures.quantities, state: root.figures.state, status: root.status,
            latencyMilliseconds: root.latencyMilliseconds, attempt: root.attempt,
            session: root.session, run: root.run, providerCost: root.providerCost)
        isReversed = recorded.isReversed
        let prices = Dictionary(
            calculator.catalogue.versions.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        func step(
            _ figures: Figures, _ entryID: Int64, _ kind: EntryKind, _ number: Int32,
            _ recordedAt: Instant, _ reason: String, _ amount: Int128?
        ) -> Step {
            let usage = UsageToPrice(
                dimensions, granularity: .request, time: root.time, quantities: figures.quantities,
                state: figures.state)
            // The one it was priced by, which need not be the one that would price it today.
            let override = calculator.overrides.all.first {
                $0.priceVersion == figures.priceVersion
            }
            let price =
                override.flatMap { calculator.version(of: usage, under: $0) }
                ?? figures.priceVersion.flatMap { prices[$0] }
            return Step(
                entryID: entryID, kind: kind, correctionNumber: number, recordedAt: recordedAt,
                reason: reason,
                amount: amount.map { Money(picos: $0, currency: figures.currency) },
                quantities: figures.quantities, state: figures.state,
                total: figures.isUnpriced
                    ? nil : Money(picos: figures.picos, currency: figures.currency),
                price: price,
                alias: price.flatMap {
                    calculator.catalogue.alias(
                        from: usage.model, to: $0.price.model, provider: usage.provider,
                        at: usage.time)
                },
                costs: price.flatMap { calculator.lines(of: usage, under: $0.price, override) })
        }
        var steps = [
            step(
                root.figures, root.entryID, .usage, 0, root.recordedAt, "",
                root.figures.isUnpriced ? nil : root.figures.picos)
        ]
        var figures = root.figures
        for entry in recorded.corrections {
            // `RecordedEvent` has added them up already.
            guard let sum = figures.adding(entry) else { break }
            figures = sum
            steps.append(
                step(
                    figures, entry.entryID, entry.kind, entry.correctionNumber, entry.recordedAt,
                    entry.reason, entry.picos))
        }
        self.steps = steps
    }

    /// What rules derived of a set, by the dimensions' names.
    package static func derived(of dimensions: DimensionSet) -> [Derived] {
        guard let attribution = dimensions.attribution else { return [] }
        return attribution.derived.map { derived in
            Derived(
                target: derived.target, value: dimensions.value(of: derived.target) ?? "",
                sent: derived.sent?.text, ruleSetVersion: attribution.ruleSetVersion,
                rule: derived.rule.text)
        }
    }
}
