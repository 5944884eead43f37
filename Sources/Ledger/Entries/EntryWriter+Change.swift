package import Core
package import Domain
package import Postgres

/// What is to become of an event that was recorded.
package struct EventChange: Sendable {
    package enum Kind: Sendable {
        /// Its quantities are these, and it costs what they cost at its time by the catalogue of now.
        case correction(UsageQuantities, UsageState)
        /// It counts nothing any more.
        case reversal
    }

    package let source: String
    package let id: String
    package let kind: Kind
    /// Why, for whoever asks later.
    package let reason: String

    package init(source: String, id: String, kind: Kind, reason: String) {
        self.source = source
        self.id = id
        self.kind = kind
        self.reason = reason
    }

    var isReversal: Bool {
        if case .reversal = kind { return true }
        return false
    }
}

/// What became of a change.
package enum EventChangeOutcome: Hashable, Sendable {
    /// Entries were added; the event came to the first and comes to the second.
    case changed(from: EventAmount, to: EventAmount)
    /// It came to that already.
    case unchanged(EventAmount)
    /// No event has this source and id.
    case notFound
    /// It was reversed before, and stays so.
    case reversed
    /// It does not count, since another source does of its call; it cannot be corrected unless it comes to count.
    case suppressed
    /// With it, and what is reversed of its call, too many events of another source would come to count instead; it
    /// stays as it is.
    case tooManyInstead
    /// It is not kept any more; what is left of it may be going at this moment.
    case tooOld
    /// It would come to more than an entry holds, or with the call's other changes to more than a quarter of an
    /// hour's roll-up does; it stays as it is. What the roll-up holds already is not asked.
    case outOfRange(ServiceError.Reason)
}

/// What an event comes to.
package struct EventAmount: Hashable, Sendable {
    /// Nil where its cost is not known.
    package let money: Money?
    /// Those that are not 0.
    package let quantities: UsageQuantities

    init(_ figures: Figures) {
        money =
            figures.isUnpriced ? nil : Money(picos: figures.picos, currency: figures.currency)
        quantities = figures.quantities.withoutZeros
    }
}

extension EntryWriter {
    package struct ChangedEvents: Sendable {
        /// One for each change, in order.
        package let outcomes: [EventChangeOutcome]
        /// For `LedgerCache.committed`.
        package let dimensionSets: [DimensionSet: Int64]
    }

    /// Corrects and reverses events by entries that name them; what was recorded stays as it is.
    ///
    /// Changes of one event follow one another. One that leads to what the event comes to already writes
    /// nothing, so that sending it again is safe; one that cannot be leaves its event, and its neighbours do
    /// not feel it. Where what counts of a call is reversed, the events of the source that is next count instead.
    /// - Parameters:
    ///   - keptFrom: From when on the organization's usage is kept; nil: all of it.
    ///   - nextTellersMax: Events that may come to count instead.
    package func change(
        _ changes: [EventChange], calculator: CostCalculator, in transaction: PostgresTransaction,
        now: Instant, keptFrom: Instant? = nil, nextTellersMax: Int = nextTellersMax
    ) async throws -> ChangedEvents {
        let tick = try await begin(in: transaction, now: now)
        var hasher = try EntryHasher()
        var identities: [PostgresUUID] = []
        for change in changes {
            identities.append(try hasher.identity(source: change.source, id: change.id))
        }
        let rows = try await transaction.run(
            SelectKnownKeys(
                organization: organizationUUID, identities: Array(Set(identities)),
                firstEntryID: tick.firstEntryID))
        let entryIDs = Dictionary(
            rows.map { ($0.key.identity, $0.entryID) }, uniquingKeysWith: { first, _ in first })
        let reversals = Set(zip(changes, identities).filter { $0.0.isReversal }.map(\.1))
        let refused = try await reversalsOfTooMany(
            rows.filter { row in
                reversals.contains(row.key.identity)
                    && (keptFrom.map { $0 <= row.time } ?? true)
            }, keptFrom: keptFrom, limit: nextTellersMax, in: transaction)
        var events = try await RecordedEvent.read(rows, by: setReader, in: transaction)
        var sets: [DimensionSet: Int64] = [:]
        var batch = EntryBatch()
        var lastEntryID = tick.firstEntryID - 1
        var outcomes: [EventChangeOutcome] = []
        var reversed: [RecordedEvent] = []
        for (change, identity) in zip(changes, identities) {
            guard let entryID = entryIDs[identity], var event = events[entryID] else {
                outcomes.append(.notFound)
                continue
            }
            guard keptFrom.map({ $0 <= event.root.time }) ?? true else {
                outcomes.append(.tooOld)
                continue
            }
            if change.isReversal, refused.contains(entryID) {
                outcomes.append(.tooManyInstead)
                continue
            }
            if change.isReversal, let suppressed = event.suppressed {
                do throws(ServiceError) {
                    try withdraw(
                        &event, suppressed, by: change, batch: &batch, last: &lastEntryID)
                    outcomes.append(
                        .changed(from: EventAmount(event.figures), to: EventAmount(event.figures)))
                    events[entryID] = event
                    reversed.append(event)
                } catch {
                    outcomes.append(.outOfRange(error.reason))
                }
                continue
            }
            guard !event.isReversed else {
                if change.isReversal { reversed.append(event) }
                outcomes.append(
                    change.isReversal
                        ? .unchanged(EventAmount(event.figures))
                        : event.isSuppressed ? .suppressed : .reversed)
                continue
            }
            let target: (figures: Figures, dimensions: DimensionSet?)
            do throws(ServiceError) {
                target = try Self.target(of: change, event, calculator)
            } catch {
                outcomes.append(.outOfRange(error.reason))
                continue
            }
            if let dimensions = target.dimensions, sets[dimensions] == nil {
                sets.merge(try await dimensionSetIDs([dimensions], in: transaction)) { $1 }
            }
            let before = EventAmount(event.figures)
            do throws(ServiceError) {
                let isChanged = try append(
                    change, to: &event, target: target.figures,
                    set: target.dimensions.flatMap { sets[$0] }, batch: &batch,
                    last: &lastEntryID)
                outcomes.append(
                    isChanged
                        ? .changed(from: before, to: EventAmount(event.figures))
                        : .unchanged(before))
                events[entryID] = event
                if change.isReversal { reversed.append(event) }
            } catch {
                outcomes.append(.outOfRange(error.reason))
            }
        }
        if !reversed.isEmpty {
            let next = try await countNextTellers(
                insteadOf: reversed, events, calculator: calculator, keptFrom: keptFrom,
                limit: nextTellersMax, batch: &batch, last: &lastEntryID, in: transaction)
            sets.merge(next) { $1 }
        }
        try await write(batch, tick: tick, lastEntryID: lastEntryID, in: transaction)
        return ChangedEvents(outcomes: outcomes, dimensionSets: sets)
    }

    /// What the event is to come to, and the dimensions it then counts among; nil where those stay.
    private static func target(
        of change: EventChange, _ event: RecordedEvent, _ calculator: CostCalculator
    ) throws(ServiceError) -> (figures: Figures, dimensions: DimensionSet?) {
        switch change.kind {
        case .reversal:
            return (event.figures.takenBack, nil)
        case .correction(let quantities, let state):
            let (figures, dimensions) = try priced(
                event, event.usage(quantities, state), calculator)
            return (figures, dimensions)
        }
    }

    /// What the event comes to by the catalogue of now, and the dimensions it then counts among.
    static func priced(
        _ event: RecordedEvent, _ usage: UsageToPrice, _ calculator: CostCalculator
    ) throws(ServiceError) -> (figures: Figures, dimensions: DimensionSet) {
        var dimensions = event.dimensions
        dimensions.contextTier =
            ContextTier(event: usage, price: calculator.price(of: usage)?.price).text
        return (try Figures(correcting: usage, calculator: calculator), dimensions)
    }

    /// Adds an entry of nothing to an event that is suppressed: that it is not to count, whatever becomes of the
    /// source that counts instead, and why, is told by it alone. It is no more shown with what is suppressed: whether it
    /// was reversed before another source told of its call, or after that, makes no difference.
    private func withdraw(
        _ event: inout RecordedEvent, _ suppressed: RecordedEvent.Suppressed,
        by change: EventChange, batch: inout EntryBatch, last: inout Int64
    ) throws(ServiceError) {
        let nothing = event.figures.takenBack
        var draft = EntryDraft(
            root: nothing, entryID: last + 1, time: event.root.time, kind: .reversal,
            key: (change.source, change.id), dimensionSetID: event.dimensionSetID)
        draft.rootEntryID = event.root.entryID
        draft.correctionNumber = event.correctionNumber + 1
        draft.reason = change.reason
        try batch.append(
            [draft],
            of: [
                FiguresChange(
                    before: event.figures, after: event.figures, time: event.root.time,
                    dimensionSetID: event.dimensionSetID, kind: .event),
                event.shown(suppressed, isShown: false),
            ])
        last += 1
        event.become(event.figures, in: event.dimensionSetID, by: 1, isReversal: true)
    }

    /// Adds the entries that lead an event to its target; answers whether there are any. Where they cannot be added, it
    /// leaves everything as it is.
    /// - Parameter unsuppressed: What the event's suppression came to, where it is taken back.
    func append(
        _ change: EventChange, to event: inout RecordedEvent, target: Figures, set: Int64?,
        unsuppressed: FiguresChange? = nil, batch: inout EntryBatch, last: inout Int64
    ) throws(ServiceError) -> Bool {
        let set = set ?? event.dimensionSetID
        guard !event.figures.says(target) || set != event.dimensionSetID else { return false }
        let (drafts, figuresChange) = try event.entries(
            leadingTo: target, in: set, as: change.isReversal ? .reversal : .correction,
            reason: change.reason, after: last)
        try batch.append(drafts, of: [figuresChange, unsuppressed].compactMap(\.self))
        last += Int64(drafts.count)
        event.become(target, in: set, by: drafts.count, isReversal: change.isReversal)
        return true
    }
}

extension RecordedEvent {
    /// The entries that lead it to its target, numbered behind the last, and what they change of the roll-ups.
    /// - Throws: `QUANTITY_OUT_OF_RANGE`.
    func entries(
        leadingTo target: Figures, in set: Int64, as kind: EntryKind, reason: String,
        after last: Int64
    ) throws(ServiceError) -> (drafts: [EntryDraft], change: FiguresChange) {
        let change = FiguresChange(
            before: figures, after: target, time: root.time, dimensionSetID: dimensionSetID,
            newDimensionSetID: set == dimensionSetID ? nil : set, kind: .event)
        guard let steps = change.steps else {
            throw ServiceError(
                .outOfRange, "QUANTITY_OUT_OF_RANGE", field: "quantities",
                "The quantities, together with what was recorded, are beyond 64 bits.")
        }
        let drafts = steps.enumerated().map { offset, step in
            var draft = EntryDraft(
                root: step, entryID: last + Int64(offset) + 1, time: root.time, kind: kind,
                key: (dimensions.source, root.id),
                dimensionSetID: offset == steps.count - 1 ? set : dimensionSetID)
            draft.rootEntryID = root.entryID
            draft.correctionNumber = correctionNumber + Int32(offset) + 1
            draft.reason = reason
            return draft
        }
        return (drafts, change)
    }

    /// What changes of the roll-ups where the event is shown with what is suppressed, or no more.
    func shown(_ suppressed: Suppressed, isShown: Bool) -> FiguresChange {
        let nothing = suppressed.figures.takenBack
        return FiguresChange(
            before: isShown ? nothing : suppressed.figures,
            after: isShown ? suppressed.figures : nothing, time: root.time,
            dimensionSetID: suppressed.dimensionSetID, kind: .suppressed)
    }
}
