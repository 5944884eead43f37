import ConnectionService
import Core
import Domain
import Ledger
import Logging
import Postgres
import Providers
import ServiceRuntime

/// How a page becomes entries, whoever reads it.
extension PullConnectionWorker {
    /// What a page came to.
    struct RecordedPage: Sendable {
        let report: EntryWriter.RecordedReport
        /// Rows that were taken back.
        let retracted: Int
    }

    /// Makes the months of a page's rows, and who writes them with the organization's keys, before the
    /// transaction that stores them.
    func writer(of page: Page, _ key: CheckpointKey) async throws -> EntryWriter {
        try await cache.prepareMonths(of: page.rows.map(\.time)) { body in
            try await database.transaction(for: key.organizationID, body)
        }
        return EntryWriter(
            organization: key.organizationID, cache: cache,
            keys: try await keys.keysUnlessAway(of: key.organizationID))
    }

    /// Records a page's rows, and takes back what was recorded and the page lacks. Where there is neither, as in most
    /// pages of reports that an account has nothing in, the ledger is left alone.
    /// - Parameter buckets: those of the page in which rows are taken back.
    func record(
        _ page: Page, buckets: [ReportWindow], of key: CheckpointKey, _ source: Source,
        by writer: EntryWriter, in transaction: PostgresTransaction, now: Instant
    ) async throws -> RecordedPage {
        let retractions =
            Mutant.dropRetractions.isActive
            ? []
            : try await writer.retractions(
                besides: page.rows, kind: source.report.kind.rollupKind,
                of: key.connectionID, source: source.report.source(of: source.provider),
                buckets: buckets.map(\.from), width: source.report.width.seconds,
                in: transaction)
        let rows = page.rows + retractions
        guard !rows.isEmpty else { return RecordedPage(report: .nothing, retracted: 0) }
        // The machine's time, not the demo's: it decides when prices are looked at again.
        let calculator = try await catalogues.newestCalculator(
            of: key.organizationID, in: transaction, now: WallClock.system.now)
        let report = try await writer.record(
            rows, of: key.connectionID, calculator: calculator, in: transaction, now: now)
        return RecordedPage(report: report, retracted: retractions.count)
    }

    /// What `record` wrote is committed.
    func committed(_ recorded: RecordedPage, _ key: CheckpointKey) {
        cache.committed(recorded.report.dimensionSets, organization: key.organizationID)
        logger.debug("page stored", metadata: PullLog.page(key, recorded.report.outcome))
    }
}

extension ProviderReport.Kind {
    /// What its rows are in roll-ups.
    fileprivate var rollupKind: RollupRow.Kind {
        if case .costs = self { .charge } else { .providerUsage }
    }
}
