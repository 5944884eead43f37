import API
import ServiceRuntime

extension Service {
    /// Checks the id, the mask and the fields of the mask; then that the connection is there, its
    /// etag, that it is not deleted, and that its name is free.
    func updateConnection(_ request: UpdateConnectionRequest, _ call: Call) async throws
        -> Connection
    {
        _ = try Self.connectionID(request.id)
        let change = try ConnectionChange(wire: request)
        return try await edit(request.id, etag: request.etag, call) { connection in
            try connection.mustNotBeDeleted()
            change.apply(to: &connection)
        }
    }
}
