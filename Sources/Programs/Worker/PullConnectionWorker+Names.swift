import ConnectionService
import Core
import Domain
import Jobs
import Ledger
import Postgres
import Providers
import ServiceRuntime

extension PullConnectionWorker {
    /// Stores a page of what things are called, beside what they were called before, with the checkpoint behind it. What a whole list lacks is
    /// marked with its last page.
    func storeNames(
        _ step: PageStep, _ kind: NormalizedName.Kind, of pull: inout Pull, _ source: Source
    ) async throws {
        let (page, window) = (step.page, step.window)
        let (organization, connection) = (pull.key.organizationID, pull.key.connectionID)
        let keys = try await keys.keysToSeal(of: organization)
        // The last of those with the same id is the one that counts.
        let names = Dictionary(page.names.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let objects = try names.values.sorted { $0.id < $1.id }.map { name in
            try ProviderObject(
                kind: kind.rawValue, id: name.id, name: name.name, email: name.email,
                status: name.status, connection: connection, keys: keys)
        }
        let upsert = UpsertProviderObjects(
            organizationID: organization, connectionID: connection, kind: kind.rawValue,
            objects: objects, seenAt: window.openedAt)
        // A list that may not be read has no buckets, and says of nothing that it is gone.
        let gone =
            page.nextCursor == nil && !page.buckets.isEmpty
            ? MarkGoneProviderObjects(
                organizationID: organization, connectionID: connection, kind: kind.rawValue,
                listedAt: window.openedAt) : nil
        let lease = pull.job.lease
        let end = pageEnd(step, of: pull, source.report)
        let stored = try await database.transaction(for: organization) { transaction in
            try await JobQueue.hold(lease, in: transaction)
            try await upsert.store(keys, in: transaction)
            if let gone { try await transaction.execute(gone) }
            // Names are no entries: the history counts the page alone.
            return try await store(end, in: transaction)
        }
        await pageStored(stored, &pull)
    }
}
