import API
import Domain
import Jobs
import Postgres

/// The back-fill of a connection that is not over, with its jobs.
enum CurrentBackfill {
    /// Makes the jobs of what is back-filled of a connection due at once: a read under way stores nothing
    /// more, and the next one looks whether there is something to read. Jobs before the connection, as the
    /// worker locks them.
    static func restart(
        of connection: ConnectionID, for organization: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws {
        let reports = try await transaction.run(
            SelectCurrentBackfill(organizationID: organization, connectionID: connection))
        let jobs = jobs(reports.filter { $0.state == .running })
        guard !jobs.isEmpty else { return }
        try await JobQueue.restart(jobs, for: organization, in: transaction)
        try await PullConnection.shareLimit(
            of: connection, for: organization, in: transaction)
    }

    /// Makes what waits of a connection's back-fill due at once, behind all pulls as ever, whatever its provider asked for.
    /// Jobs before the connection, as the worker locks them.
    static func hasten(
        of connection: ConnectionID, for organization: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws {
        let reports = try await transaction.run(
            SelectCurrentBackfill(organizationID: organization, connectionID: connection))
        let jobs = jobs(reports.filter { $0.state == .running })
        guard !jobs.isEmpty else { return }
        _ = try await JobQueue.hasten(
            jobs, for: organization, priority: .backfill, exceptFor: [], breaksHolds: true,
            in: transaction)
    }

    static func jobs(_ reports: [ReportBackfill]) -> [ReadBackfill] {
        reports.map {
            ReadBackfill(
                connection: $0.connectionID.text, backfill: $0.id.text, stream: $0.stream)
        }
    }

    /// Reports of back-fills as callers see them, the newest back-fill first.
    static func shown(
        _ reports: [ReportBackfill], for organization: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws -> [ConnectionBackfill] {
        let waiting = jobs(reports.filter { $0.state == .running })
        let states = try await JobQueue.states(waiting, for: organization, in: transaction)
        var reports = reports
        for (index, job) in jobs(reports).enumerated() {
            reports[index].setAsideReason = states[job.key]?.setAsideReason
        }
        return Dictionary(grouping: reports, by: \.id).sorted { $0.key > $1.key }
            .compactMap { ConnectionBackfill($0.value) }
    }
}
