import API
package import Encryption
package import ServiceRuntime

/// Provider accounts and their keys. It stores and shows connections; the worker reads them.
package struct Service: Sendable {
    let vault: KeyVault

    /// - Parameter cipher: holds the master key that wraps the organizations' data keys.
    package init(cipher: EnvelopeCipher) {
        self.vault = KeyVault(cipher: cipher)
    }

    package func register(in registry: inout ServiceRegistry) {
        registry.register(ConnectionServiceMethods.CreateConnection.self, createConnection)
        registry.register(ConnectionServiceMethods.GetConnection.self, getConnection)
        registry.register(ConnectionServiceMethods.ListConnections.self, listConnections)
        registry.register(
            ConnectionServiceMethods.ReplaceConnectionKey.self, replaceConnectionKey)
    }
}
