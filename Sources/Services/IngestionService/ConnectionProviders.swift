import Core
import Domain
import Ledger
import Postgres
import ServiceRuntime
import Synchronization

/// Of which providers organizations' connections are, remembered per process: that of a connection never
/// changes.
final class ConnectionProviders: Sendable {
    private struct Key: Hashable {
        let organization: OrganizationID
        let connection: ConnectionID
    }

    private let known = Mutex<[Key: String]>([:])
    private let connectionsMax: Int

    /// - Parameter connectionsMax: beyond so many, all are forgotten and asked for again.
    init(connectionsMax: Int = 100_000) {
        self.connectionsMax = connectionsMax
    }

    /// The providers of the connections with these ids; those that the organization does not have are left
    /// out.
    func providers(
        of asked: Set<ConnectionID>, for call: Call
    ) async throws -> [ConnectionID: String] {
        guard !asked.isEmpty else { return [:] }
        let organization = try call.organizationID
        let found = remembered(asked, of: organization)
        guard found.count < asked.count else { return found }
        let select = SelectConnectionProviders(organization: organization.postgresUUID)
        let rows = try await call.snapshot { try await $0.run(select) }
        known.withLock { known in
            if known.count + rows.count > connectionsMax { known.removeAll() }
            for row in rows {
                known[Key(organization: organization, connection: row.id)] = row.provider
            }
        }
        return Dictionary(
            rows.map { ($0.id, $0.provider) }, uniquingKeysWith: { first, _ in first })
    }

    private func remembered(
        _ connections: Set<ConnectionID>, of organization: OrganizationID
    ) -> [ConnectionID: String] {
        known.withLock { known in
            var found: [ConnectionID: String] = [:]
            for connection in connections {
                found[connection] = known[Key(organization: organization, connection: connection)]
            }
            return found
        }
    }
}
