import ServiceRuntime

extension AuditedObject {
    static let connection = Self("connection")
    /// Somebody asked for its reports.
    static let connectionSync = Self("connection_sync")
    static let connectionBackfill = Self("connection_backfill")
    static let setAsideJob = Self("set_aside_job")
}
