import Core
import Domain
import Postgres

extension EntryWriter {
    /// Events of one call that cease or begin to count for a higher-ranked source, at most.
    package static let outrankedEventsOfCallMax = nextTellersMax
    /// The same of all calls of a commit: two for each event that it may bring.
    package static let outrankedEventsMax = 20_000

    /// What is taken back of calls since a higher-ranked source tells of them.
    struct Outranked {
        /// Calls of which the higher-ranked source counts.
        fileprivate(set) var calls: Set<PostgresUUID> = []
        /// Events that calls' keys name, which are to be listed with whose they are: from now on, the keys do not say
        /// it.
        fileprivate(set) var unlisted: [SelectOutrankedTellers.Row] = []
        fileprivate(set) var batch = EntryBatch()
        fileprivate var lastEntryID: Int64

        init(after lastEntryID: Int64) {
            self.lastEntryID = lastEntryID
        }
    }

    /// Takes back what counted of calls of which a higher-ranked source tells now, which is shown with what is suppressed
    /// from then on, and lets count what that source told of them before. All of a call, or nothing.
    ///
    /// A call stays as it is, and what is told of it now is suppressed, where an event that counts is not kept any more,
    /// since its amount cannot be taken back; where not all who told of it are known; where more events than a limit
    /// would turn; and where those are too much for a quarter of an hour's roll-up.
    /// - Parameters:
    ///   - contested: The contents are of the sources that tell now.
    ///   - keptFrom: From when on the organization's usage is kept; nil: all of it.
    func outrank(
        _ contested: [EntryKey], keptFrom: Instant?, into outranked: inout Outranked,
        in transaction: PostgresTransaction
    ) async throws {
        let rows = try await transaction.run(
            SelectOutrankedTellers(
                organization: organizationUUID, calls: contested,
                eventsOfCallMax: Self.outrankedEventsOfCallMax, eventsMax: Self.outrankedEventsMax))
        let events = try await RecordedEvent.read(
            rows.map {
                SelectKnownKeys.Row(
                    key: EntryKey(identity: $0.source, content: $0.source), entryID: $0.entryID,
                    time: $0.time)
            }, by: setReader, in: transaction)
        let rowsByCall = Dictionary(grouping: rows, by: \.call)
        for call in contested {
            guard let rows = rowsByCall[call.identity] else { continue }
            var turned: [(event: RecordedEvent, isOfHigher: Bool)] = []
            var isKept = true
            for row in rows {
                let isOfHigher = row.source == call.content
                let isOld = keptFrom.map { row.time < $0 } ?? false
                if let event = events[row.entryID], !isOld {
                    turned.append((event, isOfHigher))
                } else if !isOfHigher {
                    isKept = false
                }
            }
            guard isKept else { continue }
            do throws(ServiceError) {
                try turn(turned, outranked: &outranked)
            } catch {
                // The call stays with who told of it before, and nothing of it was added.
                continue
            }
            outranked.calls.insert(call.identity)
            outranked.unlisted += rows.filter(\.isUnlisted)
        }
    }

    /// Turns the events of one call, all or none.
    private func turn(
        _ events: [(event: RecordedEvent, isOfHigher: Bool)], outranked: inout Outranked
    ) throws(ServiceError) {
        var drafts: [EntryDraft] = []
        var changes: [FiguresChange] = []
        for (event, isOfHigher) in events {
            let last = outranked.lastEntryID + Int64(drafts.count)
            if isOfHigher {
                guard let suppressed = event.suppressed else { continue }
                let entries = try event.entries(
                    leadingTo: suppressed.figures, in: suppressed.dimensionSetID, as: .correction,
                    reason: Self.outranks, after: last)
                drafts += entries.drafts
                changes += [entries.change, event.shown(suppressed, isShown: false)]
            } else if !event.isReversed, !Mutant.keepOutranked.isActive {
                let counted = RecordedEvent.Suppressed(
                    figures: event.figures, dimensionSetID: event.dimensionSetID)
                let entries = try event.entries(
                    leadingTo: event.figures.takenBack, in: event.dimensionSetID, as: .reversal,
                    reason: Self.outranked, after: last)
                drafts += entries.drafts
                changes += [entries.change, event.shown(counted, isShown: true)]
            }
        }
        try outranked.batch.append(drafts, of: changes)
        outranked.lastEntryID += Int64(drafts.count)
    }

    /// Why an event does not count, whenever its source told of the call.
    static let outranked = "A higher-ranked source tells of the same call"

    /// Why an event counts that was suppressed.
    static let outranks = "Its source outranks the one that counted"
}
