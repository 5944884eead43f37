package import Core
package import Domain
package import Encryption
package import Postgres

extension SpendReader {
    /// Events that a report looks at one by one, at most.
    package static let callsMaxDefault = 1_000_000

    /// The spend of metered events by what only the events themselves tell: it looks at each of the window, where `spend`
    /// reads roll-ups. Bills and providers' reports name no calls, so it is of the metered basis without them.
    ///
    /// It does not say what is suppressed.
    /// - Parameters:
    ///   - steps: parts of the window, one behind the other without gaps; rows begin with theirs.
    ///   - attributes: what rows are told apart by.
    ///   - sessions: of which sessions alone; an empty text is none. Nil: of all.
    ///   - runs: of which runs alone, likewise.
    /// - Throws: `EVENTS_TOO_MANY` where the window may have more than `callsMax`.
    package func callSpend(
        _ transaction: PostgresTransaction, organization: OrganizationID,
        keys: any PersonalFieldKeys, by steps: [Range<Instant>], attributes: Set<CallAttribute>,
        sessions: [String]? = nil, runs: [String]? = nil, needsUsers: Bool, now: Instant
    ) async throws -> SpendReport {
        guard let first = steps.first, let last = steps.last else {
            throw ServiceError(.internal, "STEPS_MISSING", "A window has one step at least.")
        }
        let key = PostgresUUID(organization)
        let window = first.lowerBound..<last.upperBound
        let calculator = try await catalogues.calculator(
            of: organization, in: transaction, now: now)
        let events =
            try await transaction.first(SelectEventsWithin(organization: key, span: window)) ?? 0
        guard events <= callsMax else {
            throw ServiceError(
                .failedPrecondition, "EVENTS_TOO_MANY",
                "Sessions, runs, statuses, attempts and usage states are told apart by looking at each event, at most \(callsMax) of them; there are \(events) on these days: ask for fewer days."
            )
        }
        try await transaction.execute(HaveRoomForHashes())
        let rows = try await transaction.run(
            SelectCallSpend(
                organization: key, steps: steps, attributes: attributes, sessions: sessions,
                runs: runs))
        let read = try await dimensions(
            of: rows.map(\.dimensionSetID), key, keys, opensUsers: needsUsers, in: transaction)
        let sums = try rows.map { row in
            SpendSums(
                span: steps[row.step], kind: .event,
                dimensions: try read.shared(row.dimensionSetID), amount: row.amount,
                requests: row.requests, tokens: row.tokens, unpricedEntries: row.unpricedEntries,
                unpricedTokens: row.unpricedTokens, lastRecordedAt: row.lastRecordedAt,
                attributes: row.attributes)
        }
        return try SpendReport(
            rollups: [], sums: sums, connections: [], calculator: calculator, window: window,
            basis: .metered, now: now)
    }
}
