import API
import ServiceRuntime

extension Service {
    /// Pulls begin before where they ended, as they always do.
    func resumeConnection(_ request: ResumeConnectionRequest, _ call: Call) async throws
        -> Connection
    {
        try await edit(request.id, call) { connection in
            try connection.mustNotBeDeleted()
            connection.pausedAt = nil
        }
    }
}
