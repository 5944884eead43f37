import Core
import Domain
import Postgres

extension EntryWriter {
    /// What becomes of a batch's events of calls.
    struct ToldCalls {
        /// Which of the events do not count, by their positions, and why.
        fileprivate(set) var suppressed: [Int: String] = [:]
        fileprivate(set) var outranked: Outranked

        fileprivate init(after lastEntryID: Int64) {
            outranked = Outranked(after: lastEntryID)
        }
    }

    /// Who tells of a call in a batch.
    private struct Teller {
        /// The key of the first event that does. Its content is of that one's source.
        let key: EntryKey
        let firstIndex: Int
        /// The source that counts; until it is known who told before, of the batch.
        var source: PostgresUUID
    }

    /// Which of the events, by their positions, tell of a call of which another source counts: the highest-ranked of
    /// all that tell of it, in the batch or ever, and where none is ranked, the first. Of one source's events each
    /// counts: a provider's id of its own may stand for several. Where all of them were reversed and nobody else told
    /// of the call, the next source that does counts.
    ///
    /// What counted before of a call of which a higher-ranked source tells is taken back, by entries behind those of
    /// the batch. Nothing is asked for events without a provider's request id, and ranks are read only where two
    /// sources tell of a call. The organization's clock is locked, so no other server knows others.
    func tellOfCalls(
        _ accepted: [Int], of events: [PricedEvent], tick: Tick, keptFrom: Instant?,
        in transaction: PostgresTransaction
    ) async throws -> ToldCalls {
        var told = ToldCalls(after: tick.firstEntryID + Int64(events.count) - 1)
        let named = accepted.filter { events[$0].call != nil }
        guard !named.isEmpty, !Mutant.countCallsTwice.isActive else { return told }
        var order: SourceOrder?
        var (tellers, hasRivals) = Self.tellers(named, of: events)
        if hasRivals {
            let known = try await sourceOrder(in: transaction)
            for index in named {
                guard let key = events[index].call, let teller = tellers[key.identity],
                    known.outranks(key.content, teller.source)
                else { continue }
                tellers[key.identity]?.source = key.content
            }
            order = known
        }
        // In the order of the index, as the events' own keys.
        let asked = tellers.values.sorted { $0.key.identity < $1.key.identity }
        let inserted = Set(
            try await transaction.run(
                InsertCallKeys(
                    organization: organizationUUID,
                    keys: asked.map { EntryKey(identity: $0.key.identity, content: $0.source) },
                    entryIDs: asked.map { tick.firstEntryID + Int64($0.firstIndex) },
                    times: asked.map { events[$0.firstIndex].event.time })))
        if inserted.count < asked.count {
            let known = try await transaction.run(
                SelectKnownKeys(
                    organization: organizationUUID, identities: asked.map(\.key.identity),
                    firstEntryID: tick.firstEntryID))
            try await settle(
                known.map(\.key), &tellers, &order, keptFrom: keptFrom, told: &told,
                in: transaction)
        }
        // The key says whose its event is as long as that source counts.
        let further = named.filter { index in
            !inserted.contains(tick.firstEntryID + Int64(index))
                || hasRivals && Self.isBehind(events[index], tellers)
        }
        try await list(further, of: events, tick: tick, told.outranked, in: transaction)
        for index in named {
            guard let key = events[index].call, let teller = tellers[key.identity],
                teller.source != key.content
            else { continue }
            let isOutranked = order?.outranks(teller.source, key.content) ?? false
            told.suppressed[index] = isOutranked ? Self.outranked : Self.toldBefore
        }
        return told
    }

    /// By call, with the first source of the batch; and whether any has another one there.
    private static func tellers(
        _ named: [Int], of events: [PricedEvent]
    ) -> (tellers: [PostgresUUID: Teller], hasRivals: Bool) {
        var tellers: [PostgresUUID: Teller] = [:]
        tellers.reserveCapacity(named.count)
        var hasRivals = false
        for index in named {
            guard let key = events[index].call else { continue }
            if let teller = tellers[key.identity] {
                hasRivals = hasRivals || teller.source != key.content
            } else {
                tellers[key.identity] = Teller(key: key, firstIndex: index, source: key.content)
            }
        }
        return (tellers, hasRivals)
    }

    /// Whether another source counts of the event's call.
    private static func isBehind(
        _ event: PricedEvent, _ tellers: [PostgresUUID: Teller]
    ) -> Bool {
        event.call.map { tellers[$0.identity]?.source != $0.content } ?? false
    }

    private func sourceOrder(in transaction: PostgresTransaction) async throws -> SourceOrder {
        SourceOrder(try await transaction.run(SelectSourceOrder(organization: organizationUUID)))
    }

    /// Says which source counts of calls that were told of before: the one that did, unless it has no events left that
    /// do, or a higher-ranked one tells now.
    /// - Parameter known: The contents are of the sources that count, or the calls' own where none does.
    private func settle(
        _ known: [EntryKey], _ tellers: inout [PostgresUUID: Teller], _ order: inout SourceOrder?,
        keptFrom: Instant?, told: inout ToldCalls, in transaction: PostgresTransaction
    ) async throws {
        /// Calls that the source of the batch takes over.
        var taken: [EntryKey] = []
        var contested: [EntryKey] = []
        for key in known {
            guard let source = tellers[key.identity]?.source else { continue }
            let new = EntryKey(identity: key.identity, content: source)
            if key.content == key.identity {
                taken.append(new)
            } else if source != key.content {
                contested.append(new)
                tellers[key.identity]?.source = key.content
            }
        }
        if !contested.isEmpty {
            if order == nil { order = try await sourceOrder(in: transaction) }
            contested = contested.filter { new in
                guard let order, let before = tellers[new.identity] else { return false }
                return order.outranks(new.content, before.source)
            }
        }
        if !contested.isEmpty {
            contested.sort { $0.identity < $1.identity }
            try await outrank(
                contested, keptFrom: keptFrom, into: &told.outranked, in: transaction)
            for new in contested where told.outranked.calls.contains(new.identity) {
                tellers[new.identity]?.source = new.content
                taken.append(new)
            }
        }
        guard !taken.isEmpty else { return }
        try await transaction.execute(
            UpdateKeyContents(organization: organizationUUID, keys: taken))
    }

    /// Lists who tells of calls, but for those that the calls' keys name, where these say whose they are.
    private func list(
        _ further: [Int], of events: [PricedEvent], tick: Tick, _ outranked: Outranked,
        in transaction: PostgresTransaction
    ) async throws {
        let unlisted = outranked.unlisted
        guard !further.isEmpty || !unlisted.isEmpty else { return }
        try await transaction.execute(
            InsertCallTellers(
                organization: organizationUUID,
                entryIDs: further.map { tick.firstEntryID + Int64($0) } + unlisted.map(\.entryID),
                times: further.map { events[$0].event.time } + unlisted.map(\.time),
                calls: further.compactMap { events[$0].call }
                    + unlisted.map { EntryKey(identity: $0.call, content: $0.source) }))
    }

    /// The entry that takes an event back which tells of such a call; it counts among what is suppressed.
    func suppression(
        of priced: PricedEvent, root: Int64, dimensionSetID: Int64, entryID: Int64,
        reason: String, rollups: inout RollupDeltas
    ) throws(ServiceError) -> EntryDraft {
        let figures = Figures(event: priced)
        let event = priced.event
        let change = FiguresChange(
            before: figures, after: figures.takenBack, time: event.time,
            dimensionSetID: dimensionSetID, kind: .event)
        guard let step = change.steps?.first else {
            throw ServiceError(
                .outOfRange, "QUANTITY_OUT_OF_RANGE", field: "quantities",
                "The quantities are beyond 64 bits.")
        }
        try rollups.add([change])
        try rollups.add(
            figures, time: event.time, dimensionSetID: dimensionSetID, kind: .suppressed)
        var draft = EntryDraft(
            root: step, entryID: entryID, time: event.time, kind: .reversal,
            key: (event.source, event.id), dimensionSetID: dimensionSetID)
        draft.rootEntryID = root
        draft.correctionNumber = 1
        draft.reason = reason
        return draft
    }

    /// Why an event does not count.
    static let toldBefore = "Another source told of the same call before"

    /// Why events cease or begin to count of calls. Nobody else gives these reasons: by them it is known that an event
    /// may come to count.
    package static let reasonsOfCalls = [toldBefore, toldNext, outranked, outranks]
}
