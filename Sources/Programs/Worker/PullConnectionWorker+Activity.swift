import ConnectionService
import Core
import Domain
import Jobs
import Ledger
import Postgres
import Providers
import ServiceRuntime

extension PullConnectionWorker {
    /// Stores a page of what people did with a tool, with the checkpoint behind it. What a whole day lacks is
    /// marked with the day's last page.
    func storeActivity(_ step: PageStep, of pull: inout Pull, _ source: Source) async throws {
        let (page, window) = (step.page, step.window)
        let (organization, connection) = (pull.key.organizationID, pull.key.connectionID)
        let keys = try await keys.keysToSeal(of: organization)
        // The last of those with the same key is the one that counts.
        let told = Dictionary(page.activity.map { ($0.naturalKey, $0) }, uniquingKeysWith: { $1 })
        let rows = try told.values.sorted { $0.naturalKey < $1.naturalKey }.map { activity in
            try CodingActivity(activity, connection: connection.text, keys)
        }
        let upsert = UpsertCodingActivity(
            organizationID: organization, connectionID: connection, rows: rows,
            toldAt: window.openedAt)
        let takeBack = TakeBackCodingActivity(
            organizationID: organization, connectionID: connection, days: page.buckets.map(\.from),
            toldAt: window.openedAt)
        let lease = pull.job.lease
        let end = pageEnd(step, of: pull, source.report)
        let stored = try await database.transaction(for: organization) { transaction in
            try await JobQueue.hold(lease, in: transaction)
            try await transaction.execute(upsert)
            try await transaction.execute(takeBack)
            // Activity is no entry: the history counts the page alone.
            return try await store(end, in: transaction)
        }
        await pageStored(stored, &pull)
    }
}

extension CodingActivity {
    fileprivate init(
        _ activity: NormalizedActivity, connection: String, _ keys: OrganizationKeys
    ) throws {
        let actor: String
        let isPerson: Bool
        switch activity.actor {
        case .user(let email): (actor, isPerson) = (email, true)
        case .apiKey(let name): (actor, isPerson) = (name, false)
        }
        let rowKey = try keys.codingActivityKey(of: activity.naturalKey, connection: connection)
        try self.init(
            rowKey: rowKey, day: activity.day.from,
            actorKey: keys.codingActorKey(of: actor, isPerson: isPerson),
            sealedActor: keys.seal(codingActor: actor, connection: connection, rowKey: rowKey),
            told: Told(
                isPerson: isPerson, customer: activity.customer,
                subscription: activity.subscription, terminal: activity.terminal,
                isRemote: activity.isRemote, sessions: activity.sessions,
                linesAdded: activity.linesAdded, linesRemoved: activity.linesRemoved,
                commits: activity.commits, pullRequests: activity.pullRequests,
                suggestions: activity.suggestions.map {
                    Told.Suggestions(
                        tool: $0.tool, accepted: $0.accepted, rejected: $0.rejected)
                },
                models: activity.models.map {
                    Told.ModelUse(
                        model: $0.model, input: $0.input, cacheRead: $0.cacheRead,
                        cacheWrite: $0.cacheWrite, output: $0.output,
                        estimatedCost: $0.estimatedCost)
                }))
    }
}
