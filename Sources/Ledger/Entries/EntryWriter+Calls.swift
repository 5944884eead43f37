import Core
import Domain
import Postgres

extension EntryWriter {
    /// Which of the events, by their positions, tell of a call that another source told of before, in the batch
    /// or ever. Of one source's events each counts: a provider's id of its own may stand for several. Where all of
    /// them were reversed and nobody else told of the call, the next source that does counts.
    ///
    /// Nothing is asked for events without a provider's request id.
    func callsToldBefore(
        _ accepted: [Int], of events: [PricedEvent], tick: Tick,
        in transaction: PostgresTransaction
    ) async throws -> Set<Int> {
        let named = accepted.filter { events[$0].call != nil }
        guard !named.isEmpty, !Mutant.countCallsTwice.isActive else { return [] }
        /// The source that counts, by call: of the batch the first event's.
        var sources: [PostgresUUID: PostgresUUID] = [:]
        var asked: [(key: EntryKey, index: Int)] = []
        for index in named {
            guard let key = events[index].call, sources[key.identity] == nil else { continue }
            sources[key.identity] = key.content
            asked.append((key, index))
        }
        // In the order of the index, as the events' own keys.
        asked.sort { $0.key.identity < $1.key.identity }
        let inserted = Set(
            try await transaction.run(
                InsertCallKeys(
                    organization: organizationUUID, keys: asked.map(\.key),
                    entryIDs: asked.map { tick.firstEntryID + Int64($0.index) },
                    times: asked.map { events[$0.index].event.time })))
        /// Calls of which nobody counts any more.
        var taken: [EntryKey] = []
        if inserted.count < asked.count {
            let known = try await transaction.run(
                SelectKnownKeys(
                    organization: organizationUUID, identities: asked.map(\.key.identity),
                    firstEntryID: tick.firstEntryID))
            for row in known {
                if row.key.content != row.key.identity {
                    sources[row.key.identity] = row.key.content
                } else if let source = sources[row.key.identity] {
                    taken.append(EntryKey(identity: row.key.identity, content: source))
                }
            }
        }
        if !taken.isEmpty {
            try await transaction.execute(
                UpdateKeyContents(organization: organizationUUID, keys: taken))
        }
        let further = named.filter { !inserted.contains(tick.firstEntryID + Int64($0)) }
        if !further.isEmpty {
            try await transaction.execute(
                InsertCallTellers(
                    organization: organizationUUID,
                    entryIDs: further.map { tick.firstEntryID + Int64($0) },
                    times: further.map { events[$0].event.time },
                    calls: further.compactMap { events[$0].call }))
        }
        return Set(
            named.filter { index in
                events[index].call.map { sources[$0.identity] != $0.content } ?? false
            })
    }

    /// The entry that takes an event back which tells of such a call; it counts among what is suppressed.
    func suppression(
        of priced: PricedEvent, root: Int64, dimensionSetID: Int64, entryID: Int64,
        rollups: inout RollupDeltas
    ) throws(ServiceError) -> EntryDraft {
        let figures = Figures(event: priced)
        var nothing = Figures()
        nothing.currency = figures.currency
        nothing.state = figures.state
        let event = priced.event
        let change = FiguresChange(
            before: figures, after: nothing, time: event.time, dimensionSetID: dimensionSetID,
            kind: .event)
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
        draft.reason = Self.toldBefore
        return draft
    }

    /// Why an event does not count.
    static let toldBefore = "Another source told of the same call before"
}
