import API
package import ServiceRuntime

/// Provider accounts and their keys. It stores and shows connections; the worker reads them.
package struct Service: Sendable {
    /// Connections of an organization whose plan says nothing.
    let connectionsMax: Int
    /// The reports that a new connection of a provider has. A worker that knows of others adds them.
    let streams: @Sendable (ConnectedProvider) -> [PullStream]
    /// Nil where no keys are tested.
    let keyTester: (any KeyTester)?
    let keyTests: KeyTestSlots

    /// - Parameters:
    ///   - keyTestsMax: Keys that are tested at once.
    ///   - keyTestsOfOneMax: Those of one organization among them.
    package init(
        connectionsMax: Int = Self.connectionsMaxStandard,
        streams: @escaping @Sendable (ConnectedProvider) -> [PullStream] = { _ in [.usage, .costs]
        },
        keyTester: (any KeyTester)? = nil, keyTestsMax: Int = Self.keyTestsMaxStandard,
        keyTestsOfOneMax: Int = Self.keyTestsOfOneMaxStandard
    ) {
        self.connectionsMax = connectionsMax
        self.streams = streams
        self.keyTester = keyTester
        keyTests = KeyTestSlots(keyTestsMax, perOrganization: keyTestsOfOneMax)
    }

    package static let keyTestsMaxStandard = 8
    package static let keyTestsOfOneMaxStandard = 2

    package static let connectionsMaxStandard = 100

    package func register(in registry: inout ServiceRegistry) {
        registry.register(ConnectionServiceMethods.CreateConnection.self, createConnection)
        registry.register(ConnectionServiceMethods.GetConnection.self, getConnection)
        registry.register(ConnectionServiceMethods.ListConnections.self, listConnections)
        registry.register(
            ConnectionServiceMethods.SummarizeConnections.self, summarizeConnections)
        registry.register(ConnectionServiceMethods.ListConnectionRuns.self, listConnectionRuns)
        registry.register(ConnectionServiceMethods.ListCodingActivity.self, listCodingActivity)
        registry.register(ConnectionServiceMethods.SyncConnection.self, syncConnection)
        registry.register(ConnectionServiceMethods.BackfillConnection.self, backfillConnection)
        registry.register(
            ConnectionServiceMethods.ChangeConnectionBackfill.self, changeConnectionBackfill)
        registry.register(
            ConnectionServiceMethods.ListConnectionBackfills.self, listConnectionBackfills)
        registry.register(ConnectionServiceMethods.GetWorkerStatus.self, getWorkerStatus)
        registry.register(ConnectionServiceMethods.ReviveJobs.self, reviveJobs)
        registry.register(
            ConnectionServiceMethods.ReplaceConnectionKey.self, replaceConnectionKey)
        registry.register(ConnectionServiceMethods.TestConnection.self, testConnection)
        registry.register(ConnectionServiceMethods.UpdateConnection.self, updateConnection)
        registry.register(ConnectionServiceMethods.ImportConnections.self, importConnections)
        registry.register(ConnectionServiceMethods.PauseConnection.self, pauseConnection)
        registry.register(ConnectionServiceMethods.ResumeConnection.self, resumeConnection)
        registry.register(ConnectionServiceMethods.DeleteConnection.self, deleteConnection)
    }
}
