import API
import Core
import Domain
import Postgres
import ServiceRuntime

extension Service {
    /// One statement reads the connections, one their jobs, which stand on the coordinator alone; both see one state of
    /// the database.
    func summarizeConnections(_ request: SummarizeConnectionsRequest, _ call: Call) async throws
        -> SummarizeConnectionsResponse
    {
        let selection = try ConnectionSelection(
            wire: ListConnectionsRequest(filter: request.filter))
        let organization = try call.organizationID
        let statement = try SelectConnectionTallies(
            organizationID: organization, selection: selection, now: call.clock.now)
        return try await call.snapshot { transaction in
            let tallies = try await transaction.run(statement)
            let pulls = try await PullTally.read(
                tallies.filter(\.isWaitedFor), of: organization, in: transaction)
            return SummarizeConnectionsResponse(tallies, pulls)
        }
    }
}
