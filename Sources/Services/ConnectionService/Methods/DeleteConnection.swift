import API
import Core
import ServiceRuntime

extension Service {
    /// The row stays for reports to name, without the key: what was sealed is overwritten.
    func deleteConnection(_ request: DeleteConnectionRequest, _ call: Call) async throws
        -> Connection
    {
        let now = call.clock.now
        return try await edit(request.id, call) { connection in
            guard request.confirmDisplayName == connection.displayName else {
                throw ServiceError(
                    .invalidArgument, "CONNECTION_NAME_NOT_CONFIRMED",
                    field: "confirm_display_name",
                    "Give the connection's display name to say that this is the one to delete.")
            }
            if connection.deletedAt == nil { connection.deletedAt = now }
        }
    }
}
