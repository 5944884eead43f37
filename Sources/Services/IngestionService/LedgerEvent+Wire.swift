import API
import Core
import Domain
import Ledger

extension LedgerEvent {
    /// Checks an event and puts it into the domain's words.
    ///
    /// Checks run in the order of the contract's fields and stop at the first that fails; `field`
    /// names it from the event on, such as `quantities[2].amount`.
    ///
    /// - Parameters:
    ///   - keptFrom: From when on the organization's usage is kept; nil: for as long as anybody's.
    ///   - known: The event's dimensions, where another event brought the same before.
    ///   - usage: What the event says of usage, where it was read already.
    init(
        wire: API.Event, now: Instant, keptFrom: Instant? = nil, known: SharedDimensions? = nil,
        usage: EventUsage? = nil
    ) throws(ServiceError) {
        try EventText.check(wire.id, "id", bytesMax: EventLimits.idBytesMax, isRequired: true)
        if known == nil {
            try EventText.check(
                wire.source, "source", bytesMax: EventLimits.sourceBytesMax, isRequired: true)
            try EventText.checkUnreserved(source: wire.source)
        }
        let time = try Self.time(wire.time, now: now, keptFrom: keptFrom)
        if known == nil { try Self.checkTexts(wire) }
        try EventText.check(wire.session, "session")
        try EventText.check(wire.run, "run")
        let said: EventUsage
        if let usage {
            said = usage
        } else {
            said = try EventUsage(wire)
        }
        let shared: SharedDimensions
        if let known {
            shared = known
        } else {
            shared = SharedDimensions(try Self.dimensions(wire, said.object))
        }
        self.init(
            id: wire.id, time: time, shared: shared, quantities: said.quantities,
            state: said.state, status: try Self.status(wire.status),
            totalTokens: wire.totalTokens, latencyMilliseconds: wire.latencyMs,
            attempt: wire.attempt, session: wire.session, run: wire.run,
            providerCost: try Self.providerCost(wire.providerCost, said.object),
            providerRequestID: wire.providerRequestID)
        try EventText.check(wire.providerRequestID, "provider_request_id")
        try checkCounts()
    }

    /// The same of an event that was read where it lies in its request, and whose dimensions are known.
    init(
        scanned: ScannedEvent, now: Instant, keptFrom: Instant?, known: SharedDimensions,
        usage: EventUsage
    ) throws(ServiceError) {
        try EventText.check(scanned.id, "id", bytesMax: EventLimits.idBytesMax, isRequired: true)
        let time = try Self.time(scanned.time, now: now, keptFrom: keptFrom)
        try EventText.check(scanned.session, "session")
        try EventText.check(scanned.run, "run")
        self.init(
            id: scanned.id, time: time, shared: known, quantities: usage.quantities,
            state: usage.state, status: try Self.status(scanned.status),
            totalTokens: scanned.totalTokens, latencyMilliseconds: scanned.latencyMs,
            attempt: scanned.attempt, session: scanned.session, run: scanned.run,
            providerRequestID: scanned.providerRequestID)
        try EventText.check(scanned.providerRequestID, "provider_request_id")
        try checkCounts()
    }

    private static func dimensions(
        _ wire: API.Event, _ object: UsageObject?
    ) throws(ServiceError) -> DimensionSet {
        DimensionSet(
            provider: wire.provider, model: wire.model, requestedModel: wire.requestedModel,
            operation: try EventText.operation(wire.operation),
            region: wire.region.isEmpty ? object?.region ?? "" : wire.region,
            serviceTier: try serviceTier(wire.serviceTier, object), project: wire.project,
            apiKeyID: wire.apiKeyID, user: wire.user, feature: wire.feature,
            customer: wire.customer, team: wire.team, environment: wire.environment,
            source: wire.source, connectionID: try connection(wire.connection),
            tags: try EventTags.read(wire.tags))
    }

    private static func serviceTier(
        _ text: String, _ object: UsageObject?
    ) throws(ServiceError) -> String {
        let own = try EventText.serviceTier(text)
        guard let said = object?.serviceTier else { return own }
        guard text.isEmpty || own == said else {
            throw ServiceError(
                .invalidArgument, "USAGE_CONTRADICTORY", field: "usage_object.service_tier",
                "The provider served the call in another service tier than the event says; leave the "
                    + "event's empty.")
        }
        return said
    }

    private static func time(
        _ timestamp: API.Timestamp?, now: Instant, keptFrom: Instant?
    ) throws(ServiceError) -> Instant {
        guard let timestamp else {
            throw ServiceError(
                .invalidArgument, "EVENT_TIME_MISSING", field: "time",
                "Give the time at which the call began.")
        }
        let time: Instant
        do throws(ServiceError) {
            time = try timestamp.instant()
        } catch {
            throw error.within("time")
        }
        guard time <= now.advanced(bySeconds: EventLimits.futureSecondsMax) else {
            throw ServiceError(
                .invalidArgument, "EVENT_TIME_IN_FUTURE", field: "time",
                "The event is more than 5 minutes ahead of the server; check the sender's clock.")
        }
        guard time >= now.advanced(bySeconds: -EventLimits.ageSecondsMax) else {
            throw ServiceError(
                .invalidArgument, "EVENT_TOO_OLD", field: "time",
                "Events older than three years are not kept.")
        }
        if let keptFrom, time < keptFrom {
            throw ServiceError(
                .invalidArgument, "EVENT_TOO_OLD", field: "time",
                "The organization keeps usage from \(keptFrom.rfc3339) on (retention_months); the "
                    + "event is older.")
        }
        return time
    }

    private static func checkTexts(_ wire: API.Event) throws(ServiceError) {
        try EventText.check(
            wire.provider, "provider", bytesMax: EventLimits.providerBytesMax, isRequired: true)
        try EventText.check(
            wire.model, "model", bytesMax: EventLimits.modelBytesMax, isRequired: true)
        try EventText.check(
            wire.requestedModel, "requested_model", bytesMax: EventLimits.modelBytesMax)
        for (text, field) in [
            (wire.region, "region"), (wire.project, "project"), (wire.apiKeyID, "api_key_id"),
            (wire.user, "user"),
            (wire.feature, "feature"), (wire.customer, "customer"), (wire.team, "team"),
            (wire.environment, "environment"),
        ] { try EventText.check(text, field) }
    }

    private static func status(
        _ wire: API.EventStatus
    ) throws(ServiceError) -> Domain.EventStatus {
        switch wire {
        case .unspecified, .ok: return .ok
        case .error: return .error
        case .aborted: return .aborted
        default:
            throw ServiceError(
                .invalidArgument, "EVENT_STATUS_UNKNOWN", field: "status",
                "A call ended ok, by an error, or was aborted.")
        }
    }

    private static func providerCost(
        _ wire: API.Money?, _ object: UsageObject?
    ) throws(ServiceError) -> ProviderCost? {
        guard let wire else { return try object?.cost.map(ProviderCost.init) }
        do throws(ServiceError) {
            // Many reckon it in binary floating point: what it says beyond the pico is not meant.
            return try ProviderCost(try Domain.Money(wire: wire, rounding: .halfEven))
        } catch {
            throw error.within("provider_cost")
        }
    }

    private static func connection(_ text: String) throws(ServiceError) -> ConnectionID? {
        guard !text.isEmpty else { return nil }
        do throws(ServiceError) {
            return try ConnectionID(text)
        } catch {
            throw error.within("connection")
        }
    }

    private func checkCounts() throws(ServiceError) {
        // One by one: an array of them would be made for each event.
        try Self.checkCount(totalTokens, "total_tokens")
        try Self.checkCount(latencyMilliseconds, "latency_ms")
        try Self.checkCount(Int64(attempt), "attempt")
        guard totalTokens == 0 || quantities.totalTokens == totalTokens else {
            throw ServiceError(
                .invalidArgument, "QUANTITIES_CONTRADICT_TOTAL", field: "total_tokens",
                "The token classes are disjoint and sum to the total; cached and reasoning tokens "
                    + "count in one class only.")
        }
    }
    private static func checkCount(_ count: Int64, _ field: String) throws(ServiceError) {
        guard count >= 0 else {
            throw ServiceError(
                .invalidArgument, "NEGATIVE_QUANTITY", field: field,
                "The number is 0 or more; 0 where unknown.")
        }
    }
}
