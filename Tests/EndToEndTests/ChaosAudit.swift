import Core
import Domain
import Ledger
import Logging
import Postgres
import TestSupport

/// What the ledger's own verifier says of the roll-ups in a bench's database.
struct ChaosAudit {
    let databaseURL: String

    /// All times that events have.
    private static let span = Instant(seconds: 0)..<Instant(seconds: 4_102_444_800)

    /// Quarters of an hour, days and months of an organization that are not what their entries come to: as the
    /// servers left them, and once what they appended is merged, as a server does after some hundred commits.
    func differences(of organization: String) async throws -> [String] {
        let id = try OrganizationID(organization)
        let pool = PostgresPool(
            configuration: .patient(url: databaseURL, connectionsMax: 1),
            logger: Logger(label: "test"))
        do {
            let options = TransactionOptions(
                role: "tally_worker",
                organization: PostgresUUID(high: id.uuid.bytes.high, low: id.uuid.bytes.low),
                statementTimeout: .seconds(300))
            let verifier = RollupVerifier(organization: id)
            let writer = EntryWriter(
                organization: id, cache: LedgerCache(), keys: try TestKeys())
            let differences = try await pool.transaction(options) { transaction in
                let left = try await Self.differences(verifier, transaction)
                try await writer.mergeRollups(whereUnmerged: 1, in: transaction)
                return try await left + Self.differences(verifier, transaction)
            }
            await pool.shutdown()
            return differences.map(\.description)
        } catch {
            await pool.shutdown()
            throw error
        }
    }

    private static func differences(
        _ verifier: RollupVerifier, _ transaction: PostgresTransaction
    ) async throws -> [RollupVerifier.Difference] {
        try await verifier.quarters(span, limit: 100, in: transaction)
            + verifier.days(span, limit: 100, in: transaction)
            + verifier.months(span, limit: 100, in: transaction)
    }
}
