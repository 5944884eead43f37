/// Claims due jobs and runs them, a bounded number at a time, each under a lease that it renews.
package struct JobRunner: Sendable {
    package struct Configuration: Sendable {
        /// Jobs at once. Default 4.
        package var concurrency = 4
        /// How long a claim holds without a heartbeat; a dead worker's jobs rest that long.
        /// Default 30 seconds; heartbeats come three times as often.
        package var lease: Duration = .seconds(30)
        /// Wait between two looks at an empty queue. Default 1 second.
        package var idle: Duration = .seconds(1)
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
        await runSlots(untilSettled: false)
    }

    /// Works until no job runs, is due or waits for another try.
    package func runUntilSettled() async {
        await runSlots(untilSettled: true)
    }

    private func runSlots(untilSettled: Bool) async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<max(1, configuration.concurrency) {
                group.addTask { await runSlot(untilSettled: untilSettled) }
            }
        }
    }

    /// One job after the other.
    private func runSlot(untilSettled: Bool) async {
        while !control.isStopping, !Task.isCancelled {
            do {
                let kinds = Array(handlers.keys)
                let jobs = try await queue.claim(
                    kinds, limit: 1, lease: configuration.lease,
                    perConcurrencyKey: configuration.perConcurrencyKey)
                if let job = jobs.first {
                    await run(job)
                    continue
                }
                if untilSettled, try await queue.counts(kinds).unsettled == 0 { return }
                // What is due, and cannot be claimed, waits for others to end: no earlier look helps.
                let wait = try await queue.untilNextDue(kinds)
                await pause(min(configuration.idle, wait ?? configuration.idle))
            } catch {
                if Task.isCancelled { return }
                report(.queueFailed(error))
                await pause(configuration.idle)
            }
        }
    }

    /// Never shorter than 10 ms, so that a job which another worker holds is not asked for in a
    /// tight loop.
    private func pause(_ duration: Duration) async {
        // Cancellation ends the loop by itself.
        try? await Task.sleep(for: max(duration, .milliseconds(10)))
    }

    private enum Signal: Sendable {
        case worked(Result<JobOutcome, any Error>)
        case heartbeatDue
        case pulseEnded
    }

    private func run(_ job: Job) async {
        let started = ContinuousClock.now
        var machine = JobRunStateMachine(leaseDuration: configuration.lease)
        let outcome = await withTaskGroup(of: Signal.self) { group in
            group.addTask { .worked(await self.work(on: job)) }
            group.addTask { await self.pulse() }
            while let signal = await group.next() {
                switch signal {
                case .worked(let result):
                    group.cancelAll()
                    return result
                case .heartbeatDue:
                    if await renew(job, &machine, since: started) == .cancelWork {
                        group.cancelAll()
                    } else {
                        group.addTask { await self.pulse() }
                    }
                case .pulseEnded:
                    continue
                }
            }
            return .failure(CancellationError())
        }
        await settle(job, outcome, &machine, since: started)
    }

    private func pulse() async -> Signal {
        do {
            try await Task.sleep(for: configuration.lease / 3)
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

    private func settle(
        _ job: Job, _ result: Result<JobOutcome, any Error>, _ machine: inout JobRunStateMachine,
        since started: ContinuousClock.Instant
    ) async {
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
            return
        }
        var random = SystemRandomNumberGenerator()
        let update = JobUpdate(
            after: outcome, attempt: job.attempt, lastError: job.lastError,
            backoff: configuration.backoff, refusals: job.refusals,
            refusalsMax: configuration.refusalsMax, using: &random)
        do {
            if try await queue.record(update, of: job.lease) {
                report(.finished(job, outcome, took: started.duration(to: .now)))
                if case .setAside = update.change { report(.setAside(job)) }
            } else {
                report(.leaseLost(job))
            }
        } catch {
            // The lease runs out and the job is taken over; its work is safe to repeat.
            report(.queueFailed(error))
        }
    }
}
