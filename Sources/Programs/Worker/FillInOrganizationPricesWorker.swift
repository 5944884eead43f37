import Core
import Domain
import Jobs
import Ledger
import Logging
import Postgres
import ServiceRuntime
import TenantService

/// Gives events of one organization, and what providers report of its usage, the prices that came after
/// them, by corrections that say so: month by month, as roll-ups tell where something is unpriced, a part of
/// the rows and then of the events a transaction.
///
/// What is priced is not unpriced any more, so doing a part again changes nothing; and where the look is, is
/// committed with the corrections, so a worker that is killed goes on where it was. Other writers of the
/// organization wait for one part at most, and only for one that changes something.
struct FillInOrganizationPricesWorker: JobHandler {
    let database: WorkerDatabase
    let keys: DataKeyStore
    let clock: WallClock
    let logger: Logger
    /// Is told of events, and rows of reports, that have their price now.
    var priced: @Sendable (Int) -> Void = { _ in }
    /// Events, or rows, of one transaction, while which other writers wait; a block of events is not cut.
    var eventLimit = 1000
    /// Between two parts that change something: others of the organization have their turn.
    var pause = Duration.milliseconds(50)
    /// Parts of one run; then others that are due have their turn.
    var partsMax = 200
    private let catalogues = PriceCatalogueStore()
    private let cache = LedgerCache()

    init(database: WorkerDatabase, keys: DataKeyStore, clock: WallClock, logger: Logger) {
        self.database = database
        self.keys = keys
        self.clock = clock
        self.logger = logger
    }

    func run(_ job: Job, _ control: JobControl) async throws -> JobOutcome {
        var run = try await begin(job)
        guard run.look.looks < PriceLook.looksMax else { return .completed }
        // The second look comes when what was priced by older prices has been recorded.
        let wait = run.look.looks > 0 ? PriceLook.pause - run.look.age : .zero
        guard wait <= .zero else { return .dueAgain(after: wait) }
        defer { tell(run) }
        while let span = try await nextSpan(run) {
            run.look.position = run.look.position.within(span)
            guard try await fillInReports(span, &run, control) else { return .interrupted }
            while let isChanged = try await fillIn(span, &run) {
                run.parts += 1
                if control.isStopping || run.parts >= partsMax { return .interrupted }
                if isChanged { try await Task.sleep(for: pause) }
            }
            run.look.position = PriceLook.Position(time: span.end)
        }
        let looks = try await transaction(of: run) { transaction, organization in
            try await transaction.first(EndPriceLook(organization: organization))
        }
        guard let looks, looks < PriceLook.looksMax else { return .completed }
        return .dueAgain(after: max(.zero, PriceLook.pause - run.look.age))
    }

    /// One run of the job.
    private struct Run: Sendable {
        let job: Job
        let calculator: CostCalculator
        /// Older usage is not kept; nil: all is.
        let keptFrom: Instant?
        var look: PriceLook
        var parts = 0
        var pricedCount = 0
        var pricedRowCount = 0
        var outOfRangeCount = 0
    }

    /// What to look with, and where: at the beginning, unless it was begun with the same prices.
    private func begin(_ job: Job) async throws -> Run {
        let organization = job.organizationID
        return try await database.transaction(for: organization) { transaction in
            try await JobQueue.hold(job.lease, in: transaction)
            // The machine's time, not the demo's: it decides when prices are looked at again.
            let calculator = try await catalogues.newestCalculator(
                of: organization, in: transaction, now: WallClock.system.now)
            let state = try PriceState(calculator)
            let keptFrom = try await transaction.first(
                SelectUsageKeptFrom(organization: organization))
            let select = SelectPriceLook(organization: organization)
            if let look = try await transaction.first(select), look.state == state {
                return Run(job: job, calculator: calculator, keptFrom: keptFrom, look: look)
            }
            try await transaction.execute(
                BeginPriceLook(organization: organization, state: state))
            return Run(
                job: job, calculator: calculator, keptFrom: keptFrom, look: PriceLook(state))
        }
    }

    /// The span to go on with; nil where nothing is left.
    private func nextSpan(_ run: Run) async throws -> UnpricedSpan? {
        let begin = run.look.position.time ?? Self.beginning
        let from = max(begin, run.keptFrom ?? begin)
        return try await transaction(of: run) { transaction, organization in
            try await UnpricedSpan.first(of: organization, from: from, in: transaction)
        }
    }

    private static let beginning = Instant(seconds: 0)

    /// Does all rows of reports of a span that are not done yet; false where it is not done to its end.
    private func fillInReports(
        _ span: UnpricedSpan, _ run: inout Run, _ control: JobControl
    ) async throws -> Bool {
        if Mutant.leaveReportsUnpriced.isActive { return true }
        let end = ReportedUsage.Place.before(span.window.upperBound)
        while run.look.reportPlace.map({ $0.time < end.time }) ?? true {
            let isChanged = try await fillInReports(span, end: end, &run)
            // Rows that nothing is known of yet take their time, too; the last part of a span may have none.
            if isChanged || run.look.reportPlace != end { run.parts += 1 }
            if control.isStopping || run.parts >= partsMax { return false }
            if isChanged { try await Task.sleep(for: pause) }
        }
        return true
    }

    /// Does the next part of a span's rows; whether anything changed.
    private func fillInReports(
        _ span: UnpricedSpan, end: ReportedUsage.Place, _ run: inout Run
    ) async throws -> Bool {
        let part = Repricing.filling(span.window, afterBlock: -1)
        let writer = EntryWriter(
            organization: run.job.organizationID, cache: cache,
            keys: try await keys.keysUnlessAway(of: run.job.organizationID))
        let (calculator, keptFrom, rowLimit) = (run.calculator, run.keptFrom, eventLimit)
        let after = run.look.reportPlace
        // Without the organization's clock, which is locked only where something is to be written.
        var done = try await transaction(of: run) { transaction, organization in
            let preview = try await writer.repriceReportsPreview(
                part, after: after, calculator: calculator, in: transaction, keptFrom: keptFrom,
                rowLimit: rowLimit)
            if preview.sums.isEmpty {
                try await transaction.execute(
                    MovePriceLookOfReports(
                        organization: organization, place: preview.next ?? end))
            }
            return preview
        }
        let isChanged = !done.sums.isEmpty
        if isChanged {
            let now = clock.now
            done = try await transaction(of: run) { transaction, organization in
                let repriced = try await writer.repriceReports(
                    part, after: after, calculator: calculator, in: transaction, now: now,
                    keptFrom: keptFrom, rowLimit: rowLimit)
                try await transaction.execute(
                    MovePriceLookOfReports(
                        organization: organization, place: repriced.next ?? end))
                return repriced
            }
        }
        let count = Int(clamping: done.sums.total.events)
        priced(count)
        run.pricedRowCount += count
        run.outOfRangeCount += done.outOfRange
        run.look.reportPlace = done.next ?? end
        return isChanged
    }

    /// Does the next part of a span; whether anything changed, nil where none was left.
    private func fillIn(_ span: UnpricedSpan, _ run: inout Run) async throws -> Bool? {
        let part = Repricing.filling(span.window, afterBlock: run.look.position.block)
        let writer = EntryWriter(
            organization: run.job.organizationID, cache: cache,
            keys: try await keys.keysUnlessAway(of: run.job.organizationID))
        let (calculator, keptFrom) = (run.calculator, run.keptFrom)
        let start = span.window.lowerBound
        // Without the organization's clock, which is locked only where something is to be written.
        var done = try await transaction(of: run) { transaction, organization in
            let preview = try await writer.repricePreview(
                part, calculator: calculator, in: transaction, keptFrom: keptFrom,
                eventLimit: eventLimit)
            if preview.sums.isEmpty, let block = preview.nextBlock {
                try await transaction.execute(
                    MovePriceLook(
                        organization: organization,
                        position: PriceLook.Position(time: start, block: block)))
            }
            return preview
        }
        if !done.sums.isEmpty {
            let now = clock.now
            done = try await transaction(of: run) { transaction, organization in
                let repriced = try await writer.reprice(
                    part, calculator: calculator, in: transaction, now: now, keptFrom: keptFrom,
                    eventLimit: eventLimit)
                if let block = repriced.nextBlock {
                    try await transaction.execute(
                        MovePriceLook(
                            organization: organization,
                            position: PriceLook.Position(time: start, block: block)))
                }
                return repriced
            }
        }
        let count = Int(clamping: done.sums.total.events)
        priced(count)
        run.pricedCount += count
        run.outOfRangeCount += done.outOfRange
        guard let block = done.nextBlock else { return nil }
        run.look.position = PriceLook.Position(time: start, block: block)
        return count > 0
    }

    /// A transaction that writes only while the job is this worker's.
    private func transaction<R: Sendable>(
        of run: Run, _ body: @Sendable (PostgresTransaction, OrganizationID) async throws -> R
    ) async throws -> R {
        let (lease, organization) = (run.job.lease, run.job.organizationID)
        return try await database.transaction(for: organization) { transaction in
            try await JobQueue.hold(lease, in: transaction)
            let result = try await body(transaction, organization)
            try await JobQueue.getsOn(lease, in: transaction)
            return result
        }
    }

    private func tell(_ run: Run) {
        guard run.pricedCount > 0 || run.pricedRowCount > 0 || run.outOfRangeCount > 0
        else { return }
        logger.notice(
            "late prices filled in",
            metadata: [
                "organization": "\(run.job.organizationID)",
                "catalogue": "\(run.look.state.catalogueVersion)",
                "events": "\(run.pricedCount)", "report_rows": "\(run.pricedRowCount)",
                "out_of_range": "\(run.outOfRangeCount)",
            ])
    }
}
