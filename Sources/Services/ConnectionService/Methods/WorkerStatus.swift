import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime

extension Service {
    /// How the queue of all organizations stands: counts, ids, kinds and reasons, and nothing of what
    /// organizations have.
    func getWorkerStatus(_ request: GetWorkerStatusRequest, _ call: Call) async throws
        -> WorkerStatus
    {
        let overview = try await call.operatorSnapshot { try await JobQueue.overview(in: $0) }
        return WorkerStatus(
            queues: overview.depths.map {
                WorkerStatus.Queue(
                    kind: $0.kind, priority: Int32(clamping: $0.priority), due: Int64($0.due),
                    running: Int64($0.running), waiting: Int64($0.waiting),
                    setAside: Int64($0.setAside),
                    oldestDueTime: $0.oldestDueAt.map { Timestamp($0) })
            }, setAside: overview.setAside.map(\.wire),
            workers: overview.workers.map {
                WorkerStatus.Worker(
                    name: $0.name, jobs: Int64($0.jobs), heartbeatTime: Timestamp($0.heartbeatAt))
            })
    }

    /// Lets what was set aside be tried again at once.
    func reviveJobs(_ request: ReviveJobsRequest, _ call: Call) async throws
        -> ReviveJobsResponse
    {
        guard request.all != !request.ids.isEmpty else {
            throw ServiceError(
                .invalidArgument, "JOBS_NOT_NAMED", field: "ids",
                "Give either the ids of jobs that were set aside, or all.")
        }
        guard request.ids.count <= JobQueue.overviewMax else {
            throw ServiceError(
                .invalidArgument, "TOO_MANY_JOBS", field: "ids",
                "Revive at most \(JobQueue.overviewMax) jobs at once.")
        }
        var ids: [JobID] = []
        for (index, text) in request.ids.enumerated() {
            do throws(ServiceError) {
                ids.append(try JobID(text))
            } catch {
                throw error.within("ids[\(index)]")
            }
        }
        return try await call.operatorTransaction { [ids] transaction in
            let (revived, passedOver) = try await JobQueue.revive(ids, in: transaction)
            for job in revived {
                try call.changed(.setAsideJob, job.id.text, from: job.wire.json(), to: nil)
            }
            return ReviveJobsResponse(
                revived: revived.map(\.wire), passedOver: passedOver.map(\.wire))
        }
    }
}

extension JobQueue.SetAsideJob {
    fileprivate var wire: API.SetAsideJob {
        API.SetAsideJob(
            id: id.text, organization: organizationID.text, kind: kind, reason: reason,
            setAsideTime: Timestamp(at))
    }
}
