import Core
import Domain
import Postgres

extension EntryWriter {
    /// Events that come to count by one call, at most: as many as may hold up the organization's other writers.
    package static let nextTellersMax = repricedEventsPerPart

    /// Who counts of a call where nobody does whose events counted.
    private struct NextTeller {
        let call: PostgresUUID
        /// The events that told of it and are reversed.
        let reversed: [Int64]
        /// Nil: the next source that tells of it.
        let source: PostgresUUID?
        /// Of the source; one more than the limit where there are more.
        let events: [SelectNextTellers.Teller]
    }

    /// Which events cannot be reversed, since with them more than so many would come to count: all that are asked for of
    /// a call. Calls are taken in the order of their keys.
    func reversalsOfTooMany(
        _ asked: [SelectKnownKeys.Row], keptFrom: Instant?, limit: Int,
        in transaction: PostgresTransaction
    ) async throws -> Set<Int64> {
        guard !asked.isEmpty, !Mutant.forgetTellers.isActive else { return [] }
        let next = try await nextTellers(
            insteadOf: asked.map(\.entryID), times: asked.map(\.time), keptFrom: keptFrom,
            limit: limit, in: transaction)
        var count = 0
        var refused: Set<Int64> = []
        for teller in next {
            if count + teller.events.count > limit {
                refused.formUnion(teller.reversed)
            } else {
                count += teller.events.count
            }
        }
        return refused
    }

    /// Lets the events of the source that is next count, of calls of which all events that counted are reversed: of the
    /// highest-ranked one, and where none is ranked, of the one that told first.
    ///
    /// An event that was reversed itself never counts again, whether
    /// it counted then or not, so that the order of reversals makes no difference. One costs what it does by the catalogue
    /// of now, as one that is corrected does; where that has no price for it, what it came to before, and where it
    /// would cost more than an entry holds, its cost is not known. One whose quantities are too many for its quarter
    /// of an hour stays suppressed.
    /// - Parameters:
    ///   - reversed: Events that somebody asked to be reversed.
    ///   - events: What is known of events by their numbers; those of `reversed` among them.
    ///   - limit: Events that may come to count.
    /// - Returns: Sets of dimensions that are new.
    func countNextTellers(
        insteadOf reversed: [RecordedEvent], _ events: [Int64: RecordedEvent],
        calculator: CostCalculator, keptFrom: Instant?, limit: Int, batch: inout EntryBatch,
        last: inout Int64, in transaction: PostgresTransaction
    ) async throws -> [DimensionSet: Int64] {
        let (entryIDs, times) = (reversed.map(\.root.entryID), reversed.map(\.root.time))
        let calls = try await transaction.run(
            WithdrawCallTellers(organization: organizationUUID, entryIDs: entryIDs, times: times))
        guard !calls.isEmpty, !Mutant.forgetTellers.isActive else { return [:] }
        let withdrawn = Set(calls)
        let next = try await nextTellers(
            insteadOf: entryIDs, times: times, keptFrom: keptFrom, limit: limit, in: transaction
        ).filter { withdrawn.contains($0.call) }
        guard !next.isEmpty else { return [:] }
        let tellers = next.flatMap(\.events)
        // Only where one of them could not be reversed, so that another source is next than was looked at before.
        guard tellers.count <= limit else { throw Self.tooManyNextTellers }
        try await transaction.execute(
            UpdateKeyContents(
                organization: organizationUUID,
                keys: next.map { EntryKey(identity: $0.call, content: $0.source ?? $0.call) }))
        let missing = tellers.filter { events[$0.entryID] == nil }.map {
            SelectKnownKeys.Row(
                key: EntryKey(identity: $0.source, content: $0.source), entryID: $0.entryID,
                time: $0.time)
        }
        let read = try await RecordedEvent.read(missing, by: setReader, in: transaction)
        let counted = tellers.compactMap { events[$0.entryID] ?? read[$0.entryID] }
            .compactMap { Counted($0, calculator) }
        let sets = try await dimensionSetIDs(
            Array(Set(counted.compactMap(\.dimensions))), in: transaction)
        for teller in counted {
            do throws(ServiceError) {
                try count(
                    teller, in: teller.dimensions.flatMap { sets[$0] }, batch: &batch, last: &last)
            } catch {
                // It stays suppressed, and left nothing of itself.
                continue
            }
        }
        return sets
    }

    private func nextTellers(
        insteadOf entryIDs: [Int64], times: [Instant], keptFrom: Instant?, limit: Int,
        in transaction: PostgresTransaction
    ) async throws -> [NextTeller] {
        let rows = try await transaction.run(
            SelectNextTellers(
                organization: organizationUUID, entryIDs: entryIDs, times: times,
                keptFrom: keptFrom, limit: limit + 1))
        return Dictionary(grouping: rows, by: \.call).map { call, rows in
            let tellers = rows.compactMap(\.teller)
            return NextTeller(
                call: call, reversed: rows[0].reversed, source: tellers.first?.source,
                events: tellers)
        }.sorted { $0.call < $1.call }
    }

    /// An event that comes to count, and what it comes to.
    private struct Counted {
        let event: RecordedEvent
        let figures: Figures
        let suppressed: RecordedEvent.Suppressed
        /// Nil: those that it counted among, or would have.
        let dimensions: DimensionSet?

        init?(_ event: RecordedEvent, _ calculator: CostCalculator) {
            guard event.isReversed else { return nil }
            self.event = event
            suppressed =
                event.suppressed
                ?? RecordedEvent.Suppressed(
                    figures: event.root.figures, dimensionSetID: event.root.dimensionSetID)
            let before = suppressed.figures
            do {
                let priced = try EntryWriter.priced(
                    event, event.usage(before.quantities, before.state), calculator)
                let isPriced = !priced.figures.isUnpriced
                figures = isPriced ? priced.figures : before
                dimensions = isPriced ? priced.dimensions : nil
            } catch {
                var unpriced = before
                unpriced.picos = 0
                unpriced.isUnpriced = true
                unpriced.priceVersion = nil
                figures = unpriced
                dimensions = nil
            }
        }
    }

    /// Takes back that an event is suppressed.
    private func count(
        _ teller: Counted, in set: Int64?, batch: inout EntryBatch, last: inout Int64
    ) throws(ServiceError) {
        var event = teller.event
        let change = EventChange(
            source: event.dimensions.source, id: event.root.id,
            kind: .correction(teller.figures.quantities, teller.figures.state),
            reason: Self.toldNext)
        _ = try append(
            change, to: &event, target: teller.figures,
            set: set ?? teller.suppressed.dimensionSetID,
            unsuppressed: event.shown(teller.suppressed, isShown: false), batch: &batch,
            last: &last)
    }

    /// Why an event counts that was suppressed.
    static let toldNext = "What the source before it told of the call was reversed"

    private static var tooManyNextTellers: ServiceError {
        ServiceError(
            .failedPrecondition, "CALL_HAS_TOO_MANY_EVENTS",
            "Too many events of another source would count instead: reverse some of those first.")
    }
}
