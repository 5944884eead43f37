import Domain

/// Claims due jobs and runs them, a bounded number at a time, each under a lease that it renews.
package struct JobRunner: Sendable {
    package struct Configuration: Sendable {
        /// Jobs at once. Default 16.
        package var concurrency = 16
        /// How long a claim holds without a heartbeat; a dead worker's jobs rest that long.
        /// Default 30 seconds; heartbeats come three times as often, and more often after one that failed.
        package var lease: Duration = .seconds(30)
        /// Wait between two looks at an empty queue. Default 1 second.
        package var idle: Duration = .seconds(1)
        /// How long jobs that were claimed as one may take before those that have not begun are given back, to
        /// whoever has a place for them, while the one that is being done goes on. Default 20 seconds.
        package var turn: Duration = .seconds(20)
        /// How often, while jobs that were claimed as one are done, it is looked whether their concurrency key is held
        /// meanwhile, by another's job of it. Default 1 second.
        package var holdLook: Duration = .seconds(1)
        package var backoff = Backoff()
        /// Jobs of one concurrency key at once, of all workers together. Default 2.
        package var perConcurrencyKey = 2
        /// Runs without a success that are refused, after which a job is set aside until somebody revives it.
        /// Default 24: six hours of looking every quarter of an hour.
        package var refusalsMax = 24

        package init() {}
    }

    let queue: JobQueue
    let handlers: [JobKind: any JobHandler]
    let configuration: Configuration
    let control: JobControl
    let report: @Sendable (JobEvent) -> Void

    package init(
        queue: JobQueue, handlers: [JobKind: any JobHandler], configuration: Configuration,
        control: JobControl, report: @escaping @Sendable (JobEvent) -> Void
    ) {
        self.queue = queue
        self.handlers = handlers
        self.configuration = configuration
        self.control = control
        self.report = report
    }

    /// Works until `control` stops it or the task is cancelled; jobs that run then are asked to
    /// end and are waited for.
    package func run() async {
        await runJobs(untilSettled: false)
    }

    /// Works until no job runs, is due or waits for another try.
    package func runUntilSettled() async {
        await runJobs(untilSettled: true)
    }

    /// A run that has ended, and what is to be stored of it.
    struct EndedRun: Sendable {
        let job: Job
        let outcome: JobOutcome
        let update: JobUpdate
        let took: Duration
        /// Until when nobody else takes the job over.
        let leaseEnd: ContinuousClock.Instant

        /// Whether it has left its place to others, and is due again.
        var goesOn: Bool { update.change == .makeDue(after: .zero) }
    }

    /// What wakes the loop that looks at the queue.
    private enum Wake: Sendable {
        /// Nil where nothing is to be stored; `freesPlace` unless others follow in its place.
        case ended(EndedRun?, freesPlace: Bool)
        /// With those that could not be, and those whose jobs somebody else has locked.
        case stored(failed: [EndedRun], locked: [EndedRun])
        /// What was locked is to be stored again.
        case lockedDue([EndedRun])
        /// What was waited for has come.
        case time(Duration)
    }

    /// One turn after the other: each stores what has ended since the last, and then looks for jobs for the
    /// places that are free.
    private func runJobs(untilSettled: Bool) async {
        let began = ContinuousClock.now
        let (wakes, waker) = AsyncStream.makeStream(of: Wake.self)
        let renewals = LeaseRenewals(patience: Heartbeat.patience(of: configuration.lease)) {
            [queue, configuration] in
            try await queue.renew($0, for: configuration.lease)
        }
        await withDiscardingTaskGroup { group in
            group.addTask { await renewals.run() }
            var plan = LookPlan(idle: configuration.idle)
            var ended: [EndedRun] = []
            var runningCount = 0
            var lockedCount = 0
            var isStoring = false
            var timer = LookTimer()
            var iterator = wakes.makeAsyncIterator()
            while true {
                let isStopping = control.isStopping || Task.isCancelled
                let now = began.duration(to: .now)
                let placeCount = max(1, configuration.concurrency) - runningCount
                let isTurn = now >= plan.nextLook
                // Once nothing runs any more, what is locked is waited for together, with whatever ended last.
                let isLast = isStopping && runningCount == 0 && lockedCount == 0
                let isStoreDue = isStopping ? runningCount > 0 || isLast : isTurn
                if !ended.isEmpty, !isStoring, isStoreDue {
                    // Apart from the loop: what waits in the database keeps no other job waiting.
                    group.addTask { [ended] in
                        waker.yield(await store(ended, isLast: isLast))
                    }
                    ended = []
                    isStoring = true
                    plan.storing(at: now)
                } else if isStopping {
                    if runningCount == 0, lockedCount == 0, !isStoring { break }
                } else if isTurn, placeCount > 0 {
                    let claimed = ContinuousClock.now
                    let jobs = await claim(placeCount)
                    let claims = jobs.map(Self.claims)
                    for claim in claims ?? [] {
                        group.addTask {
                            await runInTurn(claim, since: claimed, renewals) {
                                waker.yield(.ended($0, freesPlace: $1))
                            }
                        }
                    }
                    runningCount += claims?.count ?? 0
                    if untilSettled, jobs?.isEmpty == true, runningCount == 0, lockedCount == 0,
                        !isStoring, ended.isEmpty, await isSettled()
                    {
                        break
                    }
                    await looked(&plan, placeCount: placeCount, claimCount: claims?.count, began)
                    if !ended.isEmpty {
                        plan.jobEnded(
                            at: began.duration(to: .now), goesOn: ended.contains(where: \.goesOn))
                    }
                    continue
                }
                let time = plan.nextLook
                let isAwaited = placeCount > 0 || (!ended.isEmpty && !isStoring)
                if !isStopping, isAwaited, timer.begin(until: time) {
                    group.addTask {
                        // Cancellation ends the loop by itself.
                        try? await Task.sleep(for: time - now)
                        waker.yield(.time(time))
                    }
                }
                // Once cancelled, the stream is over, and what still runs is waited for by the group.
                guard let wake = await iterator.next() else { break }
                switch wake {
                case .time(let time):
                    timer.ended(time)
                case .ended(let run, let freesPlace):
                    if freesPlace { runningCount -= 1 }
                    if let run { ended.append(run) }
                    if !isStoring {
                        plan.jobEnded(
                            at: began.duration(to: .now), goesOn: run?.goesOn ?? false)
                    }
                case .stored(let failed, let locked):
                    isStoring = false
                    // While it stops, nothing else spaces out what is tried again.
                    let isPaused = control.isStopping || Task.isCancelled
                    ended += isPaused ? [] : stillHeld(failed)
                    let isLocked = stillHeld(isPaused ? failed + locked : locked)
                    lockedCount += isLocked.count
                    if !isLocked.isEmpty {
                        group.addTask { waker.yield(await Self.paused(isLocked)) }
                    }
                    plan.stored(at: began.duration(to: .now), isFailed: !failed.isEmpty)
                case .lockedDue(let runs):
                    lockedCount -= runs.count
                    ended += runs
                    if !isStoring { plan.jobEnded(at: began.duration(to: .now)) }
                }
            }
            group.cancelAll()
        }
    }

    /// - Returns: Nil where the queue could not be read.
    private func claim(_ placeCount: Int) async -> [Job]? {
        do {
            return try await queue.claim(
                Array(handlers.keys), limit: placeCount, lease: configuration.lease,
                perConcurrencyKey: configuration.perConcurrencyKey)
        } catch {
            if !Task.isCancelled { report(.queueFailed(error)) }
            return nil
        }
    }

    private func isSettled() async -> Bool {
        do {
            return try await queue.counts(Array(handlers.keys)).unsettled == 0
        } catch {
            if !Task.isCancelled { report(.queueFailed(error)) }
            return false
        }
    }

    /// Notes a look in the plan.
    /// - Parameter claimCount: what was claimed; nil where the queue could not be read.
    private func looked(
        _ plan: inout LookPlan, placeCount: Int, claimCount: Int?,
        _ began: ContinuousClock.Instant
    ) async {
        var untilNextDue: Duration?
        // What is due, and cannot be claimed, waits for others to end: no earlier look helps. Where looks are
        // spaced out and find jobs, the next one comes soon enough whatever is due.
        if let claimCount {
            let isBusy = claimCount > 0 && !plan.isAtOnce(at: began.duration(to: .now))
            do {
                untilNextDue =
                    isBusy || claimCount >= placeCount
                    ? .zero : try await queue.untilNextDue(Array(handlers.keys))
            } catch {
                if !Task.isCancelled { report(.queueFailed(error)) }
            }
        }
        plan.looked(
            at: began.duration(to: .now), placeCount: placeCount, jobCount: claimCount ?? 0,
            untilNextDue: untilNextDue)
    }

    /// Jobs by what they were claimed as: those that share a lease's token in turn, in the order of their ids, by which
    /// `SelectJobStates` knows which of them is being done.
    private static func claims(_ jobs: [Job]) -> [[Job]] {
        var places: [UUIDv7: Int] = [:]
        var claims: [[Job]] = []
        for job in jobs.sorted(by: { $0.id < $1.id }) {
            if let place = places[job.lease.token] {
                claims[place].append(job)
            } else {
                places[job.lease.token] = claims.count
                claims.append([job])
            }
        }
        return claims
    }

    /// Before what was locked is tried again: who restarts a job, or lets it share a key, is done by then.
    private static let lockedPause: Duration = .milliseconds(250)

    private static func paused(_ runs: [EndedRun]) async -> Wake {
        // Cancellation ends the loop by itself.
        try? await Task.sleep(for: lockedPause)
        return .lockedDue(runs)
    }

    /// What a worker cannot store is another's once its lease has run out.
    private func stillHeld(_ runs: [EndedRun]) -> [EndedRun] {
        runs.filter { run in
            if .now < run.leaseEnd { return true }
            report(.leaseLost(run.job))
            return false
        }
    }

    /// Stores what runs came to, in one transaction; one whose job is locked keeps none of the others waiting.
    /// - Parameter isLast: Whether nothing is stored after it, so that what is locked is waited for, and what could not
    ///   be stored is another's.
    private func store(_ runs: [EndedRun], isLast: Bool) async -> Wake {
        let (failed, locked) = await stored(runs, isLast: isLast)
        guard isLast else { return .stored(failed: failed, locked: locked) }
        for run in failed { report(.leaseLost(run.job)) }
        return .stored(failed: [], locked: [])
    }

    private func stored(
        _ runs: [EndedRun], isLast: Bool
    ) async -> (failed: [EndedRun], locked: [EndedRun]) {
        do {
            let results = try await queue.record(runs.map { ($0.update, $0.job.lease) })
            var locked: [EndedRun] = []
            for (run, result) in zip(runs, results) {
                switch result {
                case .written: tell(run, isStored: true)
                case .leaseGone: tell(run, isStored: false)
                case .locked: locked.append(run)
                }
            }
            return isLast ? (await storeEach(locked), []) : ([], locked)
        } catch {
            guard runs.count > 1 else {
                report(.queueFailed(error))
                return (runs, [])
            }
            return (await storeEach(runs), [])
        }
    }

    /// Stores each by itself, whoever has locked its job: whatever is wrong with one must not undo the others, nor keep
    /// them waiting.
    /// - Returns: Those that could not be stored.
    private func storeEach(_ runs: [EndedRun]) async -> [EndedRun] {
        await withTaskGroup(of: EndedRun?.self) { group in
            for run in runs {
                group.addTask {
                    do {
                        tell(run, isStored: try await queue.record(run.update, of: run.job.lease))
                        return nil
                    } catch {
                        report(.queueFailed(error))
                        return run
                    }
                }
            }
            return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
    }

    private func tell(_ run: EndedRun, isStored: Bool) {
        guard isStored else { return report(.leaseLost(run.job)) }
        report(.finished(run.job, run.outcome, took: run.took))
        if case .setAside = run.update.change { report(.setAside(run.job)) }
    }
}
