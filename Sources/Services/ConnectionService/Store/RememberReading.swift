package import Core
package import Domain
import Ledger
package import Postgres
import ServiceRuntime

/// Has what a connection has read by now remembered, for reports as known at an instant. Whoever changes a connection, or
/// how far it was read, calls it last in the same transaction, behind jobs and the ledger's clock, which it locks the
/// connection after.
package enum RememberReading {
    package static func of(
        _ connection: ConnectionID, _ organization: OrganizationID,
        in transaction: PostgresTransaction, now: Instant
    ) async throws {
        // Two who remembered at once would each leave out what the other one changed.
        _ = try await transaction.run(
            LockConnection(organizationID: organization, connectionID: connection))
        try await ofLocked(connection, organization, in: transaction, now: now)
    }

    /// The same for who has the connection's lock: one statement.
    static func ofLocked(
        _ connection: ConnectionID, _ organization: OrganizationID,
        in transaction: PostgresTransaction, now: Instant
    ) async throws {
        guard !Mutant.forgetReadings.isActive else { return }
        try await transaction.execute(
            RecordConnectionReading(
                organization: organization, connection: connection, now: now))
    }
}
