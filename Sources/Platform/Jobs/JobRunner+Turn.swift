import Domain

/// How jobs that were claimed are done, under leases that are renewed meanwhile.
extension JobRunner {
    /// Runs what was claimed as one, one after the other; the leases of those that wait are renewed meanwhile.
    ///
    /// Those that wait are given back where one does not come to its end, since whatever keeps it may keep them
    /// all, where they have taken long enough together, be it that one of them goes on for long, where somebody else
    /// of their key is to leave them alone, and where the process stops.
    func runInTurn(
        _ jobs: [Job], since claimed: ContinuousClock.Instant, _ renewals: LeaseRenewals,
        ended: @escaping @Sendable (EndedRun?, Bool) -> Void
    ) async {
        let waiting = WaitingLeases(jobs.dropFirst().map(\.lease), since: claimed)
        // It frees the place, so it is told once nothing else of them is to come.
        var last: EndedRun?
        await withTaskGroup { group in
            if jobs.count > 1 {
                group.addTask { await keep(waiting, since: claimed, renewals) }
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
                    run = await self.run(job, since: since, renewals)
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
    private func keep(
        _ waiting: WaitingLeases, since claimed: ContinuousClock.Instant, _ renewals: LeaseRenewals
    ) async {
        var heartbeat = Heartbeat(of: configuration.lease)
        while await Self.isTime(claimed.advanced(by: heartbeat.next)) {
            let leases = waiting.leases
            guard !leases.isEmpty else { return }
            let asked = ContinuousClock.now
            do {
                waiting.renewed(try await renewals.renew(leases), of: leases, at: asked)
                heartbeat.renewed(at: claimed.duration(to: asked))
            } catch {
                heartbeat.failed(at: claimed.duration(to: .now))
                if !Task.isCancelled { report(.queueFailed(error)) }
            }
        }
    }

    private enum Signal: Sendable {
        case worked(Result<JobOutcome, any Error>)
        /// What was waited for has come.
        case time(Duration)
        /// The database was asked then.
        case renewed(Result<Bool, any Error>, asked: Duration)
        /// Nobody waits for it any more.
        case cancelled
    }

    /// Work, its lease's end and the answer to a renewal, whichever comes first: none of them hides another.
    /// - Parameter started: before the claim, or the last renewal, so that the lease lasts no shorter than is thought
    ///   here.
    /// - Returns: What is to be stored; nil where the lease is gone.
    private func run(
        _ job: Job, since started: ContinuousClock.Instant, _ renewals: LeaseRenewals
    ) async -> EndedRun? {
        let began = ContinuousClock.now
        var machine = JobRunStateMachine(leaseDuration: configuration.lease)
        let outcome = await withTaskGroup(of: Signal.self) { group in
            var timer = LookTimer()
            group.addTask { .worked(await self.work(on: job)) }
            Self.wait(&timer, for: machine, since: started, in: &group)
            while let signal = await group.next() {
                let action: JobRunStateMachine.LeaseAction
                switch signal {
                case .worked(let result):
                    group.cancelAll()
                    return result
                case .time(let time):
                    timer.ended(time)
                    action = machine.timePassed(started.duration(to: .now))
                case .renewed(let answer, let asked):
                    action = renewed(answer, asked: asked, since: started, &machine)
                case .cancelled:
                    continue
                }
                switch action {
                case .none: break
                case .renew:
                    let asked = started.duration(to: .now)
                    group.addTask { await Self.renew(job, asked: asked, renewals) }
                case .cancelWork: group.cancelAll()
                }
                Self.wait(&timer, for: machine, since: started, in: &group)
            }
            return .failure(CancellationError())
        }
        return end(job, outcome, &machine, since: started, took: began.duration(to: .now))
    }

    /// Lets the time come when something is to be done next.
    private static func wait(
        _ timer: inout LookTimer, for machine: JobRunStateMachine,
        since started: ContinuousClock.Instant, in group: inout TaskGroup<Signal>
    ) {
        guard let time = machine.nextTime, timer.begin(until: time) else { return }
        group.addTask {
            await isTime(started.advanced(by: time)) ? .time(time) : .cancelled
        }
    }

    /// Waits for a time; false where the task was cancelled before.
    private static func isTime(_ time: ContinuousClock.Instant) async -> Bool {
        do {
            try await Task.sleep(until: time)
            return true
        } catch {
            return false
        }
    }

    private static func renew(
        _ job: Job, asked: Duration, _ renewals: LeaseRenewals
    ) async -> Signal {
        do {
            return .renewed(.success(try await !renewals.renew([job.lease]).isEmpty), asked: asked)
        } catch is CancellationError {
            return .cancelled
        } catch {
            return .renewed(.failure(error), asked: asked)
        }
    }

    private func renewed(
        _ answer: Result<Bool, any Error>, asked: Duration, since started: ContinuousClock.Instant,
        _ machine: inout JobRunStateMachine
    ) -> JobRunStateMachine.LeaseAction {
        switch answer {
        case .success(true):
            machine.leaseRenewed(at: asked)
            return .none
        case .success(false):
            return machine.leaseLost()
        case .failure(let error):
            machine.renewalFailed(at: started.duration(to: .now))
            if !Task.isCancelled { report(.queueFailed(error)) }
            return .none
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
}
