import API
import Core
import Domain
import Ledger
import ServiceRuntime

/// What an event's amount is made of: quantity × rate, line by line, of each of its entries.
struct ExplainEvent: Sendable {
    let catalogues: PriceCatalogueStore

    @Sendable func answer(
        _ request: ExplainEventRequest, _ call: Call
    ) async throws -> ExplainEventResponse {
        try EventText.check(
            request.source, "source", bytesMax: EventLimits.sourceBytesMax, isRequired: true)
        try EventText.check(request.id, "id", bytesMax: EventLimits.idBytesMax, isRequired: true)
        let organization = try call.organizationID
        let now = call.clock.now
        let keys = try await call.keysUnlessAway()
        let (explanation, prices) = try await call.snapshot { transaction in
            // The newest, or a price of the last seconds would be missing.
            let calculator = try await catalogues.newestCalculator(
                of: organization, in: transaction, now: now)
            let explanation = try await EventExplanation.read(
                source: request.source, id: request.id, of: organization, calculator: calculator,
                keys: keys, in: transaction)
            return (explanation, calculator.catalogue.prices)
        }
        guard let explanation else {
            throw ServiceError(
                .notFound, "EVENT_NOT_FOUND", field: "id",
                "The organization has no event with this source and id.")
        }
        return Self.response(explanation, prices: prices, now: now)
    }

    static func response(
        _ explanation: EventExplanation, prices: SpendCompleteness.Prices?, now: Instant
    ) -> ExplainEventResponse {
        let total = explanation.steps.last?.total
        return ExplainEventResponse(
            event: API.Event(explanation.event),
            entries: explanation.steps.map { ExplainedEntry($0) },
            amount: total.map { API.Money($0) }, unpriced: total == nil,
            reversed: explanation.isReversed,
            completeness: Completeness(
                basis: .metered, unpricedEntries: total == nil ? 1 : 0, knownAt: Timestamp(now),
                priceCatalogue: prices.map { PriceCatalogueVersion($0) }),
            providerCostDifference: explanation.providerCostDifference.map { API.Money($0) },
            derived: explanation.derived.map { DerivedDimension($0) })
    }
}

extension DerivedDimension {
    init(_ derived: EventExplanation.Derived) {
        self.init(
            dimension: derived.target.text, value: derived.value,
            sent: DimensionValue(UsageValue(derived.sent)),
            ruleSetVersion: derived.ruleSetVersion, rule: derived.rule)
    }
}

extension ExplainedEntry {
    fileprivate init(_ step: EventExplanation.Step) {
        self.init(
            entryID: step.entryID, kind: Kind(rawValue: Int32(step.kind.rawValue)),
            correctionNumber: step.correctionNumber, recordedAt: Timestamp(step.recordedAt),
            reason: step.reason, amount: step.amount.map { API.Money($0) },
            total: step.total.map { API.Money($0) },
            quantities: step.quantities.all.map {
                API.Quantity(quantityClass: $0.quantityClass.rawValue, amount: $0.amount)
            },
            price: step.price.map { ExplainedPrice($0, alias: step.alias) },
            lines: step.costs?.lines.map { ExplainedLine($0) } ?? [],
            exactTotal: step.costs?.exactText ?? "",
            usageState: API.UsageState(rawValue: Int32(step.state.rawValue)))
    }
}

extension ExplainedPrice {
    fileprivate init(_ version: PriceVersion, alias: PriceAlias?) {
        self.init(
            version: version.id, provider: version.price.provider, model: version.price.model,
            region: version.price.region, currencyCode: version.price.currency.code,
            validFrom: version.validFrom.map { Timestamp($0) },
            validTo: version.validTo.map { Timestamp($0) }, assumed: version.isAssumed,
            alias: alias?.name ?? "")
    }
}

extension ExplainedLine {
    fileprivate init(_ line: CostLine) {
        self.init(
            quantityClass: line.quantity.quantityClass.rawValue, amount: line.quantity.amount,
            rate: line.rate.value.description, perMillion: line.rate.per == .million,
            multiplier: line.multiplier.description, cost: line.costText ?? "")
    }
}

extension API.Event {
    /// The event as it was sent; what a sender may leave out is written out.
    fileprivate init(_ event: LedgerEvent) {
        let dimensions = event.dimensions
        self.init(
            id: event.id, source: dimensions.source, time: Timestamp(event.time),
            provider: dimensions.provider, model: dimensions.model,
            requestedModel: dimensions.requestedModel, operation: dimensions.operation,
            region: dimensions.region, serviceTier: dimensions.serviceTier,
            quantities: event.quantities.all.map {
                API.Quantity(quantityClass: $0.quantityClass.rawValue, amount: $0.amount)
            },
            usageState: API.UsageState(rawValue: Int32(event.state.rawValue)),
            status: API.EventStatus(rawValue: Int32(event.status.rawValue)),
            latencyMs: event.latencyMilliseconds, attempt: event.attempt,
            project: dimensions.project, apiKeyID: dimensions.apiKeyID, user: dimensions.user,
            session: event.session, run: event.run, feature: dimensions.feature,
            customer: dimensions.customer, team: dimensions.team,
            environment: dimensions.environment,
            tags: dimensions.tags.map { API.Tag(key: $0.key, value: $0.value) },
            connection: dimensions.connectionID?.text ?? "",
            providerCost: event.providerCost.map { API.Money($0.money) })
    }
}
