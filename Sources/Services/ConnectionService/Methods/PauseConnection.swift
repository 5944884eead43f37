import API
import Core
import ServiceRuntime

extension Service {
    func pauseConnection(_ request: PauseConnectionRequest, _ call: Call) async throws
        -> Connection
    {
        let now = call.clock.now
        return try await edit(request.id, call) { connection in
            try connection.mustNotBeDeleted()
            if connection.pausedAt == nil { connection.pausedAt = now }
        }
    }
}
