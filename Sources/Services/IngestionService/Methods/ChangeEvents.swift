import API
import Core
import Domain
import Ledger
import ServiceRuntime

/// Corrects and reverses events that were recorded, each answered by itself, after the commit.
struct ChangeEvents: Sendable {
    static let changesMax = 100

    let ledger: LedgerCache
    let catalogues: PriceCatalogueStore

    @Sendable func correct(
        _ request: CorrectEventsRequest, _ call: Call
    ) async throws -> CorrectEventsResponse {
        let changes = try Self.checked(request.corrections, "corrections") {
            wire throws(ServiceError) in
            let (source, id) = (try Self.source(wire.source), try Self.id(wire.id))
            let usage = try EventUsage(
                quantities: wire.quantities, state: wire.usageState, object: wire.usageObject,
                format: wire.usageFormat)
            return EventChange(
                source: source, id: id, kind: .correction(usage.quantities, usage.state),
                reason: try Self.reason(wire.reason))
        }
        let (results, prices) = try await results(of: changes, "corrections", call)
        return CorrectEventsResponse(
            results: results,
            completeness: Completeness(of: results, by: prices, at: call.clock.now))
    }

    @Sendable func reverse(
        _ request: ReverseEventsRequest, _ call: Call
    ) async throws -> ReverseEventsResponse {
        let changes = try Self.checked(request.reversals, "reversals") {
            wire throws(ServiceError) in
            EventChange(
                source: try Self.source(wire.source), id: try Self.id(wire.id), kind: .reversal,
                reason: try Self.reason(wire.reason))
        }
        let (results, prices) = try await results(of: changes, "reversals", call)
        return ReverseEventsResponse(
            results: results,
            completeness: Completeness(of: results, by: prices, at: call.clock.now))
    }

    private static func checked<Wire>(
        _ items: [Wire], _ field: String,
        _ read: (Wire) throws(ServiceError) -> EventChange
    ) throws(ServiceError) -> [Result<EventChange, ServiceError>] {
        guard (1...changesMax).contains(items.count) else {
            throw ServiceError(
                .invalidArgument, "CHANGES_OUT_OF_RANGE", field: field,
                "Send 1 to \(changesMax) at once.")
        }
        return items.enumerated().map { index, item in
            do throws(ServiceError) {
                return .success(try read(item))
            } catch {
                return .failure(error.within("\(field)[\(index)]"))
            }
        }
    }

    private static func source(_ text: String) throws(ServiceError) -> String {
        try EventText.check(
            text, "source", bytesMax: EventLimits.sourceBytesMax, isRequired: true)
        try EventText.checkUnreserved(source: text)
        return text
    }

    private static func id(_ text: String) throws(ServiceError) -> String {
        try EventText.check(text, "id", bytesMax: EventLimits.idBytesMax, isRequired: true)
        return text
    }

    private static func reason(_ text: String) throws(ServiceError) -> String {
        try EventText.check(text, "reason", isRequired: true)
        guard !EntryWriter.reasonsOfCalls.contains(text) else {
            throw ServiceError(
                .invalidArgument, "REASON_RESERVED", field: "reason",
                "The server gives this reason itself where several sources tell of a call; say it "
                    + "in other words.")
        }
        return text
    }

    /// Writes what is good, all in one transaction with the audit log.
    private func results(
        of changes: [Result<EventChange, ServiceError>], _ field: String, _ call: Call
    ) async throws -> (results: [EventChangeResult], prices: SpendCompleteness.Prices?) {
        let good = changes.compactMap { try? $0.get() }
        let written = good.isEmpty ? nil : try await write(good, call)
        var outcomes = ArraySlice(written?.outcomes ?? [])
        let results = try changes.enumerated().map { index, change in
            switch change {
            case .failure(let error):
                return EventChangeResult(
                    outcome: .rejected, reason: error.reason.rawValue, field: error.field ?? "",
                    description: error.message)
            case .success:
                guard let outcome = outcomes.popFirst() else {
                    throw ServiceError(
                        .internal, "EVENT_OUTCOME_MISSING",
                        "The ledger left out what became of an event.")
                }
                return EventChangeResult(outcome, field: "\(field)[\(index)]")
            }
        }
        return (results, written?.prices)
    }

    private func write(
        _ changes: [EventChange], _ call: Call
    ) async throws -> (outcomes: [EventChangeOutcome], prices: SpendCompleteness.Prices?) {
        let organization = try call.organizationID
        let writer = EntryWriter(
            organization: organization, cache: ledger, keys: try await call.keysUnlessAway())
        let (changed, prices) = try await call.transaction { transaction in
            // The newest: an older one would write prices back that were corrected.
            let calculator = try await catalogues.newestCalculator(
                of: organization, in: transaction, now: call.clock.now)
            let changed = try await writer.change(
                changes, calculator: calculator, in: transaction, now: call.clock.now,
                keptFrom: call.caller.standing.retention?.keptFrom(at: call.clock.now))
            for (change, outcome) in zip(changes, changed.outcomes) {
                guard case .changed(let before, let after) = outcome else { continue }
                try call.changed(
                    .event, "\(change.source)/\(change.id)",
                    from: EventChangeResult(before, reason: "").json(),
                    to: EventChangeResult(after, reason: change.reason).json())
            }
            return (changed, calculator.catalogue.prices)
        }
        // The cache is not told: with an idempotency key, the commit is still to come.
        return (changed.outcomes, prices)
    }
}

extension Completeness {
    fileprivate init(
        of results: [EventChangeResult], by prices: SpendCompleteness.Prices?, at now: Instant
    ) {
        self.init(
            basis: .metered, unpricedEntries: Int64(results.count(where: \.unpriced)),
            knownAt: Timestamp(now), priceCatalogue: prices.map { PriceCatalogueVersion($0) })
    }
}

extension EventChangeResult {
    fileprivate init(_ amount: EventAmount, reason: String) {
        self.init(
            reason: reason, amount: amount.money.map { API.Money($0) },
            unpriced: amount.money == nil)
    }

    fileprivate init(_ outcome: EventChangeOutcome, field: String) {
        switch outcome {
        case .changed(_, let amount):
            self.init(
                outcome: .changed, amount: amount.money.map { API.Money($0) },
                unpriced: amount.money == nil)
        case .unchanged(let amount):
            self.init(
                outcome: .unchanged, amount: amount.money.map { API.Money($0) },
                unpriced: amount.money == nil)
        case .notFound:
            self.init(
                outcome: .rejected, reason: "EVENT_NOT_FOUND", field: "\(field).id",
                description: "The organization has no event with this source and id.")
        case .tooOld:
            self.init(
                outcome: .rejected, reason: "EVENT_TOO_OLD", field: "\(field).id",
                description: "The event is older than the organization wants its usage kept.")
        case .outOfRange(let reason):
            self.init(
                outcome: .rejected, reason: reason.rawValue, field: "\(field).quantities",
                description:
                    "The event would come to more than an entry holds: check the quantities."
            )
        case .reversed:
            self.init(
                outcome: .rejected, reason: "EVENT_REVERSED", field: "\(field).id",
                description:
                    "The event was reversed and stays so; send what is right as a new event.")
        case .suppressed:
            self.init(
                outcome: .rejected, reason: "EVENT_SUPPRESSED", field: "\(field).id",
                description:
                    "The event does not count, since another source does of its call: "
                    + "correct the other source's event, or reverse it and then correct this one.")
        case .tooManyInstead:
            self.init(
                outcome: .rejected, reason: "CALL_HAS_TOO_MANY_EVENTS", field: "\(field).id",
                description:
                    "More than \(EntryWriter.nextTellersMax) events of another source would count "
                    + "instead: reverse some of those first, or fewer events at once.")
        }
    }
}
