import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime

extension Service {
    /// Pauses, resumes or cancels. A page that is being stored meanwhile is stored whole, or not at all.
    func changeConnectionBackfill(
        _ request: ChangeConnectionBackfillRequest, _ call: Call
    ) async throws -> ConnectionBackfill {
        let organization = try call.organizationID
        let id: BackfillID
        do throws(ServiceError) {
            id = try BackfillID(request.id)
        } catch {
            throw error.within("id")
        }
        let wanted = try Self.state(request.action)
        let now = call.clock.now
        return try await call.transaction { transaction in
            let found = try await transaction.run(
                SelectBackfill(organizationID: organization, id: id))
            guard let connection = found.first?.connectionID else { throw Self.backfillNotFound }
            let jobs = CurrentBackfill.jobs(found.filter { !$0.state.isOver })
            // Jobs before the back-fill, as the worker locks them. A run that has seen the pause and is about
            // to end would take the job with it; so its lease goes.
            if wanted == .running, !jobs.isEmpty {
                try await JobQueue.restart(jobs, for: organization, in: transaction)
                try await PullConnection.shareLimit(
                    of: connection, for: organization, in: transaction)
            }
            // Nobody else changes it meanwhile.
            _ = try await transaction.run(
                LockConnection(organizationID: organization, connectionID: connection))
            let before = try await backfill(id, organization, in: transaction)
            guard before.endTime == nil else {
                if before.state == wanted.wire { return before }
                throw ServiceError(
                    .failedPrecondition, "BACKFILL_OVER", field: "id",
                    "The back-fill is over. Ask for another one.")
            }
            guard before.state != wanted.wire else { return before }
            try await transaction.execute(
                UpdateBackfillState(
                    organizationID: organization, id: id, state: wanted,
                    endedAt: wanted == .cancelled ? now : nil))
            let after = try await backfill(id, organization, in: transaction)
            try call.changed(
                .connectionBackfill, id.text, from: before.json(), to: after.json())
            return after
        }
    }

    private static func state(
        _ action: ChangeConnectionBackfillRequest.Action
    ) throws(ServiceError) -> BackfillState {
        switch action {
        case .pause: return .paused
        case .resume: return .running
        case .cancel: return .cancelled
        default:
            throw ServiceError(
                .invalidArgument, "BACKFILL_ACTION_UNKNOWN", field: "action",
                "choose ACTION_PAUSE, ACTION_RESUME or ACTION_CANCEL")
        }
    }
}
