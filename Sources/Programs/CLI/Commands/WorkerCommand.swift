import API
import ArgumentParser

/// `tally worker`.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "The workers and their queue, for operators.",
        subcommands: [WorkerStatusCommand.self, WorkerRevive.self])
}

struct WorkerStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "What there is to do, who does it, and what nobody can.",
        discussion: """
            Of all organizations: kinds, ids and reasons, no figures. A worker that has
            nothing to do is not seen. Jobs that were set aside are tried again after
            tally worker revive.

            Examples:
              tally worker status
              tally worker status --format json
            """)

    @OptionGroup var output: FormatOption

    func run() async throws {
        let status = try await Session.run {
            try await $0.read(
                ConnectionServiceMethods.GetWorkerStatus.self, GetWorkerStatusRequest())
        }
        try output.print(status, table: { Self.text(status) }, csv: { Self.rows(status) })
    }

    static func text(_ status: WorkerStatus) -> String {
        var queues = Table([
            .init("Kind"), .init("Priority", .right), .init("Due", .right),
            .init("Running", .right), .init("Waiting", .right), .init("Set aside", .right),
            .init("Oldest due"),
        ])
        for queue in status.queues {
            queues.add([
                queue.kind, "\(queue.priority)", CompletenessText.number(queue.due),
                CompletenessText.number(queue.running), CompletenessText.number(queue.waiting),
                CompletenessText.number(queue.setAside), time(queue.oldestDueTime),
            ])
        }
        var parts = [queues.text]
        if !status.workers.isEmpty {
            var workers = Table([
                .init("Worker"), .init("Jobs", .right), .init("Last heartbeat"),
            ])
            for worker in status.workers {
                workers.add([
                    worker.name, CompletenessText.number(worker.jobs), time(worker.heartbeatTime),
                ])
            }
            parts.append(workers.text)
        }
        if !status.setAside.isEmpty { parts.append(jobs(status.setAside)) }
        return parts.joined(separator: "\n\n")
    }

    static func jobs(_ jobs: [SetAsideJob]) -> String {
        var table = Table([
            .init("Set aside"), .init("Job"), .init("Kind"), .init("Organization"),
            .init("Reason"),
        ])
        for job in jobs {
            table.add([time(job.setAsideTime), job.id, job.kind, job.organization, job.reason])
        }
        return table.text
    }

    static func rows(_ status: WorkerStatus) -> [[String]] {
        [["kind", "priority", "due", "running", "waiting", "set_aside", "oldest_due_time"]]
            + status.queues.map {
                [
                    $0.kind, "\($0.priority)", "\($0.due)", "\($0.running)", "\($0.waiting)",
                    "\($0.setAside)", $0.oldestDueTime.map(CompletenessText.time) ?? "",
                ]
            }
    }

    private static func time(_ time: Timestamp?) -> String {
        time.map(CompletenessText.time) ?? "–"
    }
}

struct WorkerRevive: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revive", abstract: "Let jobs be tried again that were set aside.",
        discussion: """
            A job that somebody else is changing at the same time, as when its key is
            replaced, is passed over and named: ask again if it is still set aside.

            Examples:
              tally worker revive 0198c4a2-1f00-7000-8000-000000000001
              tally worker revive --all
            """)

    @Argument(help: "Ids of jobs, from tally worker status; at most 1,000.")
    var ids: [String] = []
    @Flag(help: "All; the first 1,000.")
    var all = false
    @OptionGroup var output: FormatOption

    func validate() throws {
        guard all != !ids.isEmpty else {
            throw ValidationError("Give either the ids of jobs or --all.")
        }
    }

    func run() async throws {
        let response = try await Session.run {
            try await $0.write(
                ConnectionServiceMethods.ReviveJobs.self, ReviveJobsRequest(ids: ids, all: all))
        }
        try output.print(response, table: { Self.text(response) }, csv: { Self.rows(response) })
    }

    static func text(_ response: ReviveJobsResponse) -> String {
        var parts: [String] = []
        if !response.revived.isEmpty { parts.append(WorkerStatusCommand.jobs(response.revived)) }
        if !response.passedOver.isEmpty {
            parts.append(
                "Passed over, as somebody else is changing them; ask again if still set aside:\n"
                    + WorkerStatusCommand.jobs(response.passedOver))
        }
        return parts.isEmpty ? "None of them was set aside." : parts.joined(separator: "\n\n")
    }

    static func rows(_ response: ReviveJobsResponse) -> [[String]] {
        [["id", "kind", "organization", "reason", "revived"]]
            + response.revived.map { [$0.id, $0.kind, $0.organization, $0.reason, "true"] }
            + response.passedOver.map { [$0.id, $0.kind, $0.organization, $0.reason, "false"] }
    }
}
