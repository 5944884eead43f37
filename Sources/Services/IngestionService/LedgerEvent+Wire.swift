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
    init(
        wire: API.Event, now: Instant, keptFrom: Instant? = nil, known: SharedDimensions? = nil
    ) throws(ServiceError) {
        try EventText.check(wire.id, "id", bytesMax: EventLimits.idBytesMax, isRequired: true)
        if known == nil {
            try EventText.check(
                wire.source, "source", bytesMax: EventLimits.sourceBytesMax, isRequired: true)
            try EventText.checkUnreserved(source: wire.source)
        }
        let time = try Self.time(wire, now: now, keptFrom: keptFrom)
        if known == nil { try Self.checkTexts(wire) }
        try EventText.check(wire.session, "session")
        try EventText.check(wire.run, "run")
        let quantities = try Self.quantities(wire.quantities)
        let shared: SharedDimensions
        if let known {
            shared = known
        } else {
            shared = SharedDimensions(try Self.dimensions(wire))
        }
        self.init(
            id: wire.id, time: time, shared: shared, quantities: quantities,
            state: try Self.state(wire.usageState, wire.quantities),
            status: try Self.status(wire.status),
            totalTokens: wire.totalTokens, latencyMilliseconds: wire.latencyMs,
            attempt: wire.attempt, session: wire.session, run: wire.run)
        try checkCounts()
    }

    private static func dimensions(_ wire: API.Event) throws(ServiceError) -> DimensionSet {
        DimensionSet(
            provider: wire.provider, model: wire.model, requestedModel: wire.requestedModel,
            operation: try EventText.operation(wire.operation), region: wire.region,
            serviceTier: try EventText.serviceTier(wire.serviceTier), project: wire.project,
            apiKeyID: wire.apiKeyID, user: wire.user, feature: wire.feature,
            customer: wire.customer, team: wire.team, environment: wire.environment,
            source: wire.source, connectionID: try connection(wire.connection),
            tags: try EventTags.read(wire.tags))
    }

    private static func time(
        _ wire: API.Event, now: Instant, keptFrom: Instant?
    ) throws(ServiceError) -> Instant {
        guard let timestamp = wire.time else {
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

    static func quantities(
        _ wire: [API.Quantity]
    ) throws(ServiceError) -> UsageQuantities {
        guard wire.count <= EventLimits.quantitiesMax else {
            throw ServiceError(
                .invalidArgument, "QUANTITIES_TOO_MANY", field: "quantities",
                "An event has at most \(EventLimits.quantitiesMax) quantities.")
        }
        var result = UsageQuantities()
        for (index, quantity) in wire.enumerated() {
            let field = "quantities[\(index)]"
            let quantityClass = QuantityClass(rawValue: quantity.quantityClass)
            let token = quantityClass.tokenIndex
            guard token != nil || quantityClass.isWellFormed else {
                throw ServiceError(
                    .invalidArgument, "QUANTITY_CLASS_MALFORMED",
                    field: "\(field).quantity_class",
                    "A class is 1 to 64 of a-z, 0-9 and underscore, a letter first.")
            }
            let before = token.map { result.token($0) } ?? result[quantityClass]
            guard before == nil else {
                throw ServiceError(
                    .invalidArgument, "DUPLICATE_QUANTITY_CLASS",
                    field: "\(field).quantity_class", "Give each class once.")
            }
            guard quantity.amount >= 0 else {
                throw ServiceError(
                    .invalidArgument, "NEGATIVE_QUANTITY", field: "\(field).amount",
                    "A quantity is 0 or more.")
            }
            guard quantity.amount <= EventLimits.quantityMax else {
                throw ServiceError(
                    .invalidArgument, "QUANTITY_OUT_OF_RANGE", field: "\(field).amount",
                    "A quantity is at most \(EventLimits.quantityMax).")
            }
            if let token {
                result.setToken(token, quantity.amount)
            } else {
                result[quantityClass] = quantity.amount
            }
        }
        return result
    }

    static func state(
        _ wire: API.UsageState, _ quantities: [API.Quantity]
    ) throws(ServiceError) -> Domain.UsageState {
        switch wire {
        case .unspecified, .reported: return .reported
        case .partial: return .partial
        case .missing:
            guard quantities.isEmpty else {
                throw ServiceError(
                    .invalidArgument, "QUANTITIES_WITHOUT_USAGE", field: "usage_state",
                    "An event whose usage is missing has no quantities; send partial instead.")
            }
            return .missing
        default:
            throw ServiceError(
                .invalidArgument, "USAGE_STATE_UNKNOWN", field: "usage_state",
                "Usage is reported, partial or missing.")
        }
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

    private static func connection(_ text: String) throws(ServiceError) -> ConnectionID? {
        guard !text.isEmpty else { return nil }
        do throws(ServiceError) {
            return try ConnectionID(text)
        } catch {
            throw error.within("connection")
        }
    }

    private func checkCounts() throws(ServiceError) {
        for (count, field) in [
            (totalTokens, "total_tokens"), (latencyMilliseconds, "latency_ms"),
            (Int64(attempt), "attempt"),
        ] where count < 0 {
            throw ServiceError(
                .invalidArgument, "NEGATIVE_QUANTITY", field: field,
                "The number is 0 or more; 0 where unknown.")
        }
        guard totalTokens == 0 || quantities.totalTokens == totalTokens else {
            throw ServiceError(
                .invalidArgument, "QUANTITIES_CONTRADICT_TOTAL", field: "total_tokens",
                "The token classes are disjoint and sum to the total; cached and reasoning tokens "
                    + "count in one class only.")
        }
    }
}
