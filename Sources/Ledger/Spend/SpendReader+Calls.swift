package import Core
package import Domain
package import Encryption
package import Postgres

extension SpendReader {
    /// Entries of events that a report of calls looks at, at most.
    package static let callsMaxDefault = 1_000_000
    /// Rows that such a report is of, at most: all of them are held at once.
    private static let callRowsMax = 100_000

    /// A metered report whose rows of events are told apart by what only the events themselves say: it looks at each of the
    /// window, where `spend` reads roll-ups. What providers report beyond the events names no call, and stays as it is; so
    /// both reports have the same total.
    ///
    /// It does not say what is suppressed.
    /// - Parameters:
    ///   - report: of the same window and steps, on the metered basis.
    ///   - steps: parts of the window, one behind the other without gaps; rows begin with theirs.
    ///   - attributes: what rows are told apart by.
    ///   - sessions: of which sessions alone; an empty text is none. Nil: of all.
    ///   - runs: of which runs alone, likewise.
    ///   - knownAt: what was recorded later is left out, as in `report`; nil: nothing.
    /// - Throws: `REPORT_EVENTS_TOO_MANY` where it would look at more than `callsMax`, `REPORT_ROWS_TOO_MANY` where it
    ///   would have more rows than a report may have.
    package func tellingCallsApart(
        _ report: SpendReport, _ transaction: PostgresTransaction, organization: OrganizationID,
        keys: any PersonalFieldKeys, by steps: [Range<Instant>], attributes: Set<CallAttribute>,
        sessions: [String]? = nil, runs: [String]? = nil, needsUsers: Bool,
        knownAt: Instant? = nil
    ) async throws -> SpendReport {
        guard let first = steps.first, let last = steps.last else { return report }
        let key = PostgresUUID(organization)
        let entries =
            try await transaction.first(
                SelectCallEntries(
                    organization: key, span: first.lowerBound..<last.upperBound,
                    limit: callsMax + 1)) ?? 0
        guard entries <= callsMax else {
            throw ServiceError(
                .failedPrecondition, "REPORT_EVENTS_TOO_MANY", field: "through",
                "By session, run, status, attempt or usage state a report looks at each event, at most \(callsMax) with those that were recorded together with them and what corrects them: ask for fewer days, or have TALLY_REPORT_EVENTS_MAX raised."
            )
        }
        try await transaction.execute(HaveRoomForHashes())
        let rows = try await transaction.run(
            SelectCallSpend(
                organization: key, steps: steps, attributes: attributes, sessions: sessions,
                runs: runs, recordedThrough: knownAt, limit: Self.callRowsMax + 1))
        guard rows.count <= Self.callRowsMax else {
            throw ServiceError(
                .failedPrecondition, "REPORT_ROWS_TOO_MANY", field: "through",
                "Told apart so, the events come to more than \(Self.callRowsMax) rows: filter them, or ask for fewer days."
            )
        }
        let read = try await dimensions(
            of: rows.map(\.dimensionSetID), key, keys, opensUsers: needsUsers, in: transaction)
        let calls = try rows.map { row in
            SpendSums(
                span: steps[row.step], kind: .event,
                dimensions: try read.shared(row.dimensionSetID), amount: row.amount,
                requests: row.requests, tokens: row.tokens, unpricedEntries: row.unpricedEntries,
                unpricedTokens: row.unpricedTokens, lastRecordedAt: row.lastRecordedAt,
                attributes: row.attributes
            ).row(now: report.completeness.knownAt)
        }
        return SpendReport(
            rows: report.rows.filter { !$0.isOfEvents } + calls.filter { !$0.isEmpty },
            completeness: report.completeness)
    }
}
