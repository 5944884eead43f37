import API
import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime

/// Records 1 to 10,000 events, each answered by itself, after the commit.
struct IngestEvents: Sendable {
    let ledger: LedgerCache
    let catalogues: PriceCatalogueStore
    let rules: AttributionRuleStore
    /// New events of a day of UTC where an organization's plan says nothing.
    let eventsPerDayMax: Int64
    let batches: EventBatches
    let connections: ConnectionProviders
    let dimensions: KnownDimensions
    let refusedSenders: RefusedSenders
    let lookTurns: QuotaLookTurns

    /// - Parameter request: serialized; events in it are read where they lie.
    /// - Returns: The response, serialized.
    @Sendable func answer(serialized request: [UInt8], _ call: Call) async throws -> [UInt8] {
        let (checked, outcomes) = try await record(try SentEvents(serialized: request), call)
        return try checked.serializedResults(outcomes)
    }

    @Sendable func answer(
        _ request: IngestEventsRequest, _ call: Call
    ) async throws -> IngestEventsResponse {
        let (checked, outcomes) = try await record(.messages(request.events), call)
        return IngestEventsResponse(results: try checked.results(outcomes))
    }

    /// - Returns: What the events say, and what became of those that are valid.
    private func record(
        _ events: SentEvents, _ call: Call
    ) async throws -> (CheckedEvents, [EventOutcome]) {
        guard events.count > 0 else {
            throw ServiceError(
                .invalidArgument, "EVENTS_MISSING", field: "events", "Send 1 event or more.")
        }
        guard events.count <= EventLimits.eventsPerCallMax else {
            throw ServiceError(
                .invalidArgument, "EVENTS_TOO_MANY", field: "events",
                "Send at most \(EventLimits.eventsPerCallMax) events in one call.")
        }
        try await refuseUsedUp(events, call: call)
        let now = call.clock.now
        let checked = try await check(events, call: call, now: now)
        let valid = checked.valid
        if Mutant.acknowledgeBeforeCommit.isActive {
            Task { try await record(valid, call: call, now: now) }
            return (checked, valid.map { .accepted(isUnpriced: $0.cost.picos == nil) })
        }
        return (checked, valid.isEmpty ? [] : try await record(valid, call: call, now: now))
    }

    /// Events that are read before any of them is priced: few enough to be still at hand then, and enough that what
    /// is asked for all of them costs each nothing.
    private static let eventsReadAtOnce = 256

    /// What each event says and costs, or why it is refused.
    private func check(
        _ sent: SentEvents, call: Call, now: Instant
    ) async throws -> CheckedEvents {
        let organization = try call.organizationID
        let (calculator, timeline) = try await pricesAndRules(for: call, now: now)
        var reader = EventReader(
            of: organization, eventCount: sent.count, dimensions: dimensions, now: now,
            keptFrom: call.caller.standing.retention?.keptFrom(at: now))
        // What events without a user are known by needs no keys.
        var keys = OrganizationKeys.notAskedFor(of: organization)
        var hasKeys = false
        var providers: [ConnectionID: String] = [:]
        var areAllProvidersKnown = false
        var pricer = EventPricer(calculator: calculator)
        var hasher = try EntryHasher()
        var checked = CheckedEvents(countMax: sent.count)
        for start in stride(from: 0, to: sent.count, by: Self.eventsReadAtOnce) {
            try Task.checkCancellation()
            let places = start..<min(start + Self.eventsReadAtOnce, sent.count)
            var read = try reader.read(sent, at: places)
            let attributor = try await EventAttributor(
                timeline, times: read.lazy.compactMap { try? $0.get().time }, store: rules,
                call: call)
            let unknown = reader.connections.subtracting(providers.keys)
            if !unknown.isEmpty, !areAllProvidersKnown {
                let found = try await connections.providers(of: unknown, for: call)
                providers.merge(found) { $1 }
                // Where one is missing, all of the organization's were asked for.
                areAllProvidersKnown = unknown.contains { found[$0] == nil }
            }
            reader.remember { (try? Self.checkConnection(of: $0, providers: providers)) != nil }
            if reader.hasUsers, !hasKeys {
                keys = try await call.keysUnlessAway()
                hasKeys = true
            }
            for place in places {
                guard let result = read.popLast() else {
                    throw ServiceError(
                        .internal, "EVENT_OUTCOME_MISSING",
                        "an event of the call came to nothing; none of them is recorded")
                }
                do throws(ServiceError) {
                    // Moved on, since each copy would count an event's references.
                    let event: LedgerEvent
                    switch consume result {
                    case .success(let read): event = read
                    case .failure(let error): throw error
                    }
                    try Self.checkConnection(of: event.shared, providers: providers)
                    let attributed = attributor?.dimensions(of: event)
                    checked.append(
                        try PricedEvent(
                            consume event, attributed: attributed, pricer: &pricer,
                            hasher: &hasher, keys: keys))
                } catch {
                    // Keys that cannot be had are no fault of the event.
                    guard !error.isOfKeys else { throw error }
                    checked.refuse(error.within("events[\(place)]"))
                }
            }
        }
        return checked
    }

    /// Mostly those in memory, so that a call's only transaction is the one that records its events.
    private func pricesAndRules(
        for call: Call, now: Instant
    ) async throws -> (CostCalculator, AttributionTimeline) {
        let organization = try call.organizationID
        if let calculator = catalogues.recentCalculator(of: organization, now: now),
            let timeline = rules.recentTimeline(of: organization, now: now)
        {
            return (calculator, timeline)
        }
        return try await call.snapshot { transaction in
            (
                try await catalogues.calculator(of: organization, in: transaction, now: now),
                try await rules.timeline(of: organization, in: transaction, now: now)
            )
        }
    }

    /// An event's cost is compared with its connection's bill, so both are of one provider.
    private static func checkConnection(
        of dimensions: SharedDimensions, providers: [ConnectionID: String]
    ) throws(ServiceError) {
        guard let connection = dimensions.connectionID else { return }
        guard let provider = providers[connection] else {
            throw ServiceError(
                .notFound, "CONNECTION_NOT_FOUND", field: "connection",
                "The organization has no such connection; leave it empty if none served it.")
        }
        guard provider.hasSameBytes(as: dimensions.set.provider) else {
            throw ServiceError(
                .invalidArgument, "CONNECTION_PROVIDER_MISMATCH", field: "connection",
                "The connection is of another provider than the event; leave it empty if none "
                    + "served it.")
        }
    }

    private func record(
        _ events: [PricedEvent], call: Call, now: Instant
    ) async throws -> [EventOutcome] {
        let organization = try call.organizationID
        try await ledger.prepareMonths(of: events.map(\.event.time)) { prepare in
            try await call.transaction(prepare)
        }
        let transactions = try call.sharedTransactions
        let clock = call.clock
        let quota = Self.quota(of: call)
        let retention = call.caller.standing.retention
        do {
            return try await batches.record(events, of: organization, quota: quota) { shares in
                let now = clock.now
                let keys =
                    shares.contains { $0.events.contains(where: \.hasUser) }
                    ? try await transactions.keysUnlessAway() : .notAskedFor(of: organization)
                let writer = EntryWriter(organization: organization, cache: ledger, keys: keys)
                let recorded = try await transactions.transaction { transaction in
                    try await writer.record(
                        shares, in: transaction, now: now, eventsPerDayMax: eventsPerDayMax,
                        keptFrom: retention?.keptFrom(at: now)
                    ) { events, transaction in
                        // Prices were imported since, or while these events waited for their commit.
                        var pricer = EventPricer(
                            calculator: try await catalogues.newestCalculator(
                                of: organization, in: transaction, now: now))
                        return try events.map { try PricedEvent($0, pricedAnewBy: &pricer) }
                    }
                }
                ledger.committed(recorded.dimensionSets, organization: organization)
                return recorded.outcomes
            }
        } catch let error as ServiceError {
            let sender: RefusedSenders.Sender? =
                switch error.reason {
                case "EVENTS_PER_DAY_EXCEEDED": .organization
                case "TOKEN_EVENTS_PER_DAY_EXCEEDED": quota.map { .token($0) }
                default: nil
                }
            if let sender { refusedSenders.remember(sender, of: organization, now: clock.now) }
            throw error
        }
    }

    private static func quota(of call: Call) -> TokenEventQuota? {
        let limit = Mutant.skipTokenQuota.isActive ? nil : call.caller.eventsPerDayMax
        return limit.map { TokenEventQuota(tokenID: call.caller.tokenID, eventsPerDayMax: $0) }
    }

    /// Looks first where the token, or the organization by its plan, was refused today, so that who goes on
    /// sending costs a look, and neither prices nor a place in the organization's commits; one of an
    /// organization at a time. Refused is what the ledger would refuse: events that are new, as many as suffice
    /// of them valid, and more than the day has left. Who has room for what it sends is not looked at any more.
    /// - Throws: `EVENTS_PER_DAY_EXCEEDED`, `TOKEN_EVENTS_PER_DAY_EXCEEDED`.
    private func refuseUsedUp(_ sent: SentEvents, call: Call) async throws {
        let organization = try call.organizationID
        let quota = Self.quota(of: call)
        let isRemembered = {
            refusedSenders.remembers(quota, of: organization, now: call.clock.now)
        }
        guard isRemembered() else { return }
        let events = try sent.messages()
        let found = try await lookTurns.taking(for: organization, tokenID: call.caller.tokenID) {
            // Those before it may have found room, or waited until the next day.
            isRemembered() ? try await look(at: quota, of: organization, events, call: call) : nil
        }
        guard let look = found, let count = look.sufficientCount else { return }
        let valid = try await validCount(upTo: count, at: look.newEvents, of: events, call)
        try look.counting(valid)
        if valid > 0 { refusedSenders.forget(quota, of: organization) }
    }

    /// Nil where there is no such organization or token any more.
    private func look(
        at quota: TokenEventQuota?, of organization: OrganizationID, _ events: [Event], call: Call
    ) async throws -> QuotaLook? {
        let found = try await call.snapshot { transaction in
            try await QuotaLook(
                events.map { ($0.source, $0.id) }, of: organization, quota: quota,
                eventsPerDayMax: eventsPerDayMax, in: transaction, now: call.clock.now)
        }
        // Within the turn, so that those who wait know. What was recorded before has room always.
        guard let look = found, !look.newEvents.isEmpty else { return found }
        if look.sufficientCount == nil {
            refusedSenders.forget(quota, of: organization)
        } else if look.organizationHasRoom(for: look.newEvents.count) {
            refusedSenders.forget(nil, of: organization)
        }
        return look
    }

    /// How many events at these places are valid, of which `count` suffice. Looks at about as many as it takes to
    /// find those, however many follow: who is refused pays nothing, and may come again at once.
    private func validCount(
        upTo count: Int, at places: [Int], of events: [Event], _ call: Call
    ) async throws -> Int {
        let now = call.clock.now
        var rest = places[...]
        var valid = 0
        // Doubled, so that one that is found after many that are none costs few turns.
        var sizeMin = 1
        while valid < count, !rest.isEmpty {
            let slice = rest.prefix(max(count - valid, sizeMin))
            rest = rest.dropFirst(slice.count)
            sizeMin *= 2
            valid += try await check(.messages(slice.map { events[$0] }), call: call, now: now)
                .valid.count
        }
        return valid
    }
}

extension ServiceError {
    /// Whether it says that an organization's keys cannot be had.
    fileprivate var isOfKeys: Bool {
        switch code {
        case .unavailable, .failedPrecondition, .dataLoss: true
        default: false
        }
    }
}
