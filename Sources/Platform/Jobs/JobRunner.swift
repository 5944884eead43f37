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

    private let queue: JobQueue
    private let handlers: [JobKind: any JobHandler]
    private let configuration: Configuration
    private let control: JobControl
    private let report: @Sendable (JobEvent) -> Void

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
    private struct EndedRun: Sendable {
        let job: Job
        let outcome: JobOutcome
        let update: JobUpdate
        let took: Duration
        /// Until when nobody else takes the job over.
        let leaseEnd: ContinuousClock.Instant
    }

    /// What wakes the loop that looks at the queue.
    private enum Wake: Sendable {
        /// Nil where nothing is to be stored; `freesPlace` unless others follow in its place.
        case ended(EndedRun?, freesPlace: Bool)
        /// With those that could not be.
        case stored([EndedRun])
        /// What was waited for has come.
        case time(Duration)
    }

    /// One turn after the other: each stores what has ended since the last, and then looks for jobs for the
    /// places that are free.
    private func runJobs(untilSettled: Bool) async {
        let began = ContinuousClock.now
        let (wakes, waker) = AsyncStream.makeStream(of: Wake.self)
        await withDiscardingTaskGroup { group in
            var plan = LookPlan(idle: configuration.idle)
            var ended: [EndedRun] = []
            var runningCount = 0
            var isStoring = false
            var timer = LookTimer()
            var iterator = wakes.makeAsyncIterator()
            while true {
                let isStopping = control.isStopping || Task.isCancelled
                let now = began.duration(to: .now)
                let placeCount = max(1, configuration.concurrency) - runningCount
                let isTurn = now >= plan.nextLook
                if !ended.isEmpty, !isStoring, isStopping || isTurn {
                    // Apart from the loop: a row that somebody holds keeps no other job waiting.
                    group.addTask { [ended] in waker.yield(.stored(await store(ended))) }
                    ended = []
                    isStoring = true
                    plan.storing(at: now)
                } else if isStopping {
                    if runningCount == 0, !isStoring { break }
                } else if isTurn, placeCount > 0 {
                    let claimed = ContinuousClock.now
                    let jobs = await claim(placeCount)
                    let claims = jobs.map(Self.claims)
                    for claim in claims ?? [] {
                        group.addTask {
                            await runInTurn(claim, since: claimed) {
                                waker.yield(.ended($0, freesPlace: $1))
                            }
                        }
                    }
                    runningCount += claims?.count ?? 0
                    if untilSettled, jobs?.isEmpty == true, runningCount == 0, !isStoring,
                        ended.isEmpty, await isSettled()
                    {
                        break
                    }
                    await looked(&plan, placeCount: placeCount, claimCount: claims?.count, began)
                    if !ended.isEmpty { plan.jobEnded(at: began.duration(to: .now)) }
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
                    if !isStoring { plan.jobEnded(at: began.duration(to: .now)) }
                case .stored(let failed):
                    isStoring = false
                    // What a worker cannot store is another's once its lease has run out.
                    let isOver = control.isStopping
                    ended += failed.filter { !isOver && .now < $0.leaseEnd }
                    plan.stored(at: began.duration(to: .now), isFailed: !failed.isEmpty)
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

    /// Runs what was claimed as one, one after the other; the leases of those that wait are renewed meanwhile.
    ///
    /// Those that wait are given back where one does not come to its end, since whatever keeps it may keep them
    /// all, where they have taken long enough together, be it that one of them goes on for long, where somebody else
    /// of their key is to leave them alone, and where the process stops.
    private func runInTurn(
        _ jobs: [Job], since claimed: ContinuousClock.Instant,
        ended: @escaping @Sendable (EndedRun?, Bool) -> Void
    ) async {
        let waiting = WaitingLeases(jobs.dropFirst().map(\.lease), since: claimed)
        // It frees the place, so it is told once nothing else of them is to come.
        var last: EndedRun?
        await withTaskGroup { group in
            if jobs.count > 1 {
                group.addTask { await keep(waiting) }
                group.addTask {
                    for run in await givenBack(waiting, of: jobs, since: claimed) {
                        ended(run, false)
                    }
                }
            }
            var isOver = false
            var looked = claimed
            for (index, job) in jobs.enumerated() {
                let isLast = index == jobs.count - 1
                if index > 0, !isOver, looked.advanced(by: configuration.holdLook) <= .now {
                    isOver = await isHeld(job)
                    looked = .now
                }
                let lease = index == 0 ? .held(since: claimed) : waiting.take(job.id)
                isOver = isOver || (index > 0 && (control.isStopping || Task.isCancelled))
                let run: EndedRun?
                switch lease {
                case .givenBack:
                    continue
                case .held(let since) where !isOver && !hasEnded(since):
                    run = await self.run(job, since: since)
                    isOver =
                        run?.outcome.isDone != true
                        || claimed.advanced(by: configuration.turn) <= .now
                case .held, .gone:
                    run = giveBack(job, lease)
                }
                if isLast { last = run } else { ended(run, false) }
            }
            group.cancelAll()
        }
        ended(last, true)
    }

    /// Whether a lease is over that runs since then.
    private func hasEnded(_ since: ContinuousClock.Instant) -> Bool {
        since.advanced(by: configuration.lease) <= .now
    }

    /// A job that was not begun; nil where somebody else may have it.
    private func giveBack(_ job: Job, _ lease: WaitingLeases.Lease) -> EndedRun? {
        guard case .held(let since) = lease, !hasEnded(since) else {
            report(.leaseLost(job))
            return nil
        }
        var machine = JobRunStateMachine(leaseDuration: configuration.lease)
        return end(job, .success(.interrupted), &machine, since: since)
    }

    /// Waits until jobs that were claimed as one have taken long enough together: what still waits then does not wait
    /// for the one that is being done.
    private func givenBack(
        _ waiting: WaitingLeases, of jobs: [Job], since claimed: ContinuousClock.Instant
    ) async -> [EndedRun] {
        do {
            try await Task.sleep(until: claimed.advanced(by: configuration.turn))
        } catch {
            // The last of them has begun, or ended.
            return []
        }
        let leases = waiting.giveBack()
        return jobs.compactMap { job in leases[job.id].flatMap { giveBack(job, .held(since: $0)) } }
    }

    /// Whether no job of a job's key is to be begun. Not where it cannot be known: whoever is asked too often says so.
    private func isHeld(_ job: Job) async -> Bool {
        do {
            return try await queue.isHeld(job.id)
        } catch {
            if !Task.isCancelled { report(.queueFailed(error)) }
            return false
        }
    }

    /// Renews the leases of jobs that wait for their turn.
    private func keep(_ waiting: WaitingLeases) async {
        var pace = Heartbeat(of: configuration.lease)
        while case .heartbeatDue = await pulse(pace) {
            let leases = waiting.leases
            guard !leases.isEmpty else { return }
            let asked = ContinuousClock.now
            do {
                waiting.renewed(
                    try await queue.renew(leases, for: configuration.lease), of: leases, at: asked)
                pace.renewed()
            } catch {
                pace.failed()
                if !Task.isCancelled { report(.queueFailed(error)) }
            }
        }
    }

    private enum Signal: Sendable {
        case worked(Result<JobOutcome, any Error>)
        case heartbeatDue
        case pulseEnded
    }

    /// - Parameter started: before the claim, so that the lease lasts no shorter than is thought here.
    /// - Returns: What is to be stored; nil where the lease is gone.
    private func run(_ job: Job, since started: ContinuousClock.Instant) async -> EndedRun? {
        let began = ContinuousClock.now
        var machine = JobRunStateMachine(leaseDuration: configuration.lease)
        let outcome = await withTaskGroup(of: Signal.self) { group in
            group.addTask { .worked(await self.work(on: job)) }
            group.addTask { [pace = machine.heartbeat] in await self.pulse(pace) }
            while let signal = await group.next() {
                switch signal {
                case .worked(let result):
                    group.cancelAll()
                    return result
                case .heartbeatDue:
                    if await renew(job, &machine, since: started) == .cancelWork {
                        group.cancelAll()
                    } else {
                        group.addTask { [pace = machine.heartbeat] in await self.pulse(pace) }
                    }
                case .pulseEnded:
                    continue
                }
            }
            return .failure(CancellationError())
        }
        return end(job, outcome, &machine, since: started, took: began.duration(to: .now))
    }

    private func pulse(_ pace: Heartbeat) async -> Signal {
        do {
            try await Task.sleep(for: pace.pause)
            return .heartbeatDue
        } catch {
            return .pulseEnded
        }
    }

    private func work(on job: Job) async -> Result<JobOutcome, any Error> {
        guard let handler = handlers[job.kind] else {
            return .success(.failed(reason: "JOB_KIND_UNKNOWN"))
        }
        do {
            return .success(try await handler.run(job, control))
        } catch {
            return .failure(error)
        }
    }

    private func renew(
        _ job: Job, _ machine: inout JobRunStateMachine, since started: ContinuousClock.Instant
    ) async -> JobRunStateMachine.LeaseAction {
        let asked = started.duration(to: .now)
        let action = machine.heartbeatDue(at: asked)
        guard action == .renew else { return action }
        do {
            guard try await queue.renew(job.lease, for: configuration.lease) else {
                return machine.leaseLost()
            }
            machine.leaseRenewed(at: asked)
        } catch {
            machine.renewalFailed()
            report(.queueFailed(error))
        }
        return .none
    }

    private func end(
        _ job: Job, _ result: Result<JobOutcome, any Error>, _ machine: inout JobRunStateMachine,
        since started: ContinuousClock.Instant, took: Duration = .zero
    ) -> EndedRun? {
        let leaseEnd = started.advanced(by: machine.leaseEnd ?? .zero)
        let outcome: JobOutcome
        switch result {
        case .success(let value):
            outcome = value
        case .failure(let error):
            report(.threw(job, error))
            outcome =
                control.isStopping ? .interrupted : .failed(reason: "JOB_FAILED")
        }
        guard case .record(let outcome) = machine.workFinished(outcome) else {
            report(.leaseLost(job))
            return nil
        }
        var random = SystemRandomNumberGenerator()
        let update = JobUpdate(
            after: outcome, attempt: job.attempt, lastError: job.lastError,
            backoff: configuration.backoff, refusals: job.refusals,
            refusalsMax: configuration.refusalsMax, using: &random)
        return EndedRun(
            job: job, outcome: outcome, update: update, took: took, leaseEnd: leaseEnd)
    }

    /// Stores what runs came to, in one transaction.
    /// - Returns: Those that could not be stored.
    private func store(_ runs: [EndedRun]) async -> [EndedRun] {
        do {
            let stored = try await queue.record(runs.map { ($0.update, $0.job.lease) })
            for (run, isStored) in zip(runs, stored) { tell(run, isStored: isStored) }
            return []
        } catch {
            guard runs.count > 1 else {
                report(.queueFailed(error))
                return runs
            }
        }
        // Whatever is wrong with one must not undo the others, nor keep them waiting.
        return await withTaskGroup(of: [EndedRun].self) { group in
            for run in runs { group.addTask { await store([run]) } }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func tell(_ run: EndedRun, isStored: Bool) {
        guard isStored else { return report(.leaseLost(run.job)) }
        report(.finished(run.job, run.outcome, took: run.took))
        if case .setAside = run.update.change { report(.setAside(run.job)) }
    }
}
