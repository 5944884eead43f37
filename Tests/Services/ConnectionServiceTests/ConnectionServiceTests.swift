import API
import Core
import Domain
import Encryption
import Jobs
import Logging
import Postgres
import RPC
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

struct ConnectionServiceTests {
    private static let planted = ConnectionBench.planted
    private static let unreadable = ServiceError(.dataLoss, "SEALED_TEXT_UNREADABLE", "")

    private typealias Bench = ConnectionBench

    private func withBench(_ body: @Sendable (Bench) async throws -> Void) async throws {
        try await ConnectionBench.with(body)
    }

    private static func makeOrganization(
        _ slug: String, in database: ScratchDatabase
    ) async throws -> OrganizationID {
        try await ConnectionBench.makeOrganization(slug, in: database)
    }

    @Test func everyStatementSuitsTheSchema() async throws {
        try await ScratchDatabase.with { database in
            let faults = try await database.faults(of: [
                InsertConnection.self, SelectConnection.self, SelectConnections.self,
                SelectConnectionTallies.self, SelectPullTally.self,
                SelectSealedKey.self, SelectKeysToSeal.self, UpdateSealedKey.self,
                MarkToldDegraded.self, MarkToldRefused.self, ForgetTold.self,
                ForgetToldTrouble.self, ForgetFailures.self,
                InsertCheckpoint.self, SelectCheckpoint.self, UpdateCheckpoint.self,
                RefreshConnection.self, LockConnection.self, UpdateConnectionKey.self,
                UpdateConnectionSettings.self, SelectOverlaps.self,
                SelectConnectionsOfNames.self, SelectConnectionsOfKeys.self,
                SelectConnectionsMax.self,
                SelectNewestProviderObjectNames.self, InsertProviderObjectNames.self,
                RemoveOldProviderObjectNames.self,
                LockConnectionPlan.self, CountConnections.self,
                InsertBackfill.self, SelectReportBackfill.self, SelectBackfills.self,
                SelectCurrentBackfill.self, SelectBackfill.self, UpdateBackfillState.self,
                CancelBackfills.self, DeleteOldBackfills.self, SelectClosedMonth.self,
                HoldPulledConnection.self, UpdateReportBackfill.self,
            ])
            #expect(faults == [])
        }
    }

    @Test func aNewConnectionIsPendingAndItsPullsAreQueued() async throws {
        try await withBench { bench in
            let made = try await bench.create()
            #expect(made.provider == .openai)
            #expect(made.health == .pending)
            #expect(made.keyHint == "abcd")
            #expect(made.backfillFrom == Timestamp(try Instant(rfc3339: "2026-08-22T00:00:00Z")))
            #expect(made.usageThrough == nil)
            #expect(
                try await bench.service.getConnection(
                    GetConnectionRequest(id: made.id), bench.call()) == made)

            let queue = JobQueue(pool: bench.pool, owner: "test")
            let jobs = try await queue.claim(
                [PullConnection.kind], limit: 9, lease: .seconds(60))
            let pulls = try jobs.map { try $0.arguments(PullConnection.self) }
            #expect(Set(pulls.map(\.stream)) == [.usage, .costs])
            #expect(Set(pulls.map(\.connection)) == [made.id])
            #expect(Set(jobs.map(\.organizationID)) == [bench.organization])
        }
    }

    /// Of many who make connections at the same time as many succeed as the plan allows.
    @Test func anOrganizationHasNoMoreConnectionsThanItsPlanAllows() async throws {
        try await withBench { bench in
            let session = try await bench.database.session()
            try await session.execute("UPDATE organizations SET connections_max = 3")
            let reasons = await withTaskGroup(of: String.self) { group in
                for number in 0..<6 {
                    group.addTask {
                        do {
                            _ = try await bench.create("number \(number)")
                            return ""
                        } catch {
                            return (error as? ServiceError)?.reason.rawValue ?? "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }.sorted()
            }
            let limit = "CONNECTION_LIMIT_REACHED"
            #expect(reasons == ["", "", "", limit, limit, limit])
            // The server's own limit is another one.
            try await session.execute("UPDATE organizations SET connections_max = NULL")
            _ = try await bench.create("one more")
            await session.close()
        }
    }

    @Test func theKeyIsStoredSealedAndOpensForItsConnectionAlone() async throws {
        try await withBench { bench in
            let first = try await bench.create("one")
            let second = try await bench.create("two", key: "sk-ant-admin01-another-key")
            let ids = try [first, second].map { try ConnectionID($0.id) }
            let options = TransactionOptions(
                role: "tally_worker", organization: bench.organization.postgresUUID)
            let sealed = try await bench.pool.transaction(options) { transaction in
                var found: [SealedKey] = []
                for id in ids {
                    found += try await transaction.run(
                        SelectSealedKey(organizationID: bench.organization, connectionID: id))
                }
                return found
            }
            let keys = try await bench.keys.keys(of: bench.organization)
            let opened = try KeyVault.open(sealed[0], of: ids[0], with: keys)
            #expect(opened.reveal() == Self.planted)
            #expect(throws: Self.unreadable) {
                try KeyVault.open(sealed[0], of: ids[1], with: keys)
            }
            let others = try await bench.keys.makeKeys(of: OrganizationID.make())
            #expect(throws: Self.unreadable) {
                try KeyVault.open(sealed[0], of: ids[0], with: others)
            }
        }
    }

    @Test func noTableHoldsTheKey() async throws {
        try await withBench { bench in
            _ = try await bench.create()
            let session = try await bench.database.session()
            let tables = try await session.texts(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            for name in tables.compactMap({ $0[0] }) {
                let rows = try await session.texts("SELECT t::text FROM \(name) AS t")
                let hexadecimal = Self.planted.utf8.map { String($0, radix: 16) }.joined()
                for text in rows.compactMap({ $0[0] }) {
                    #expect(!text.contains(Self.planted) && !text.contains(hexadecimal))
                }
            }
            await session.close()
        }
    }

    @Test(arguments: [
        (Provider.unspecified, "n", planted, Int32(0), "PROVIDER_UNKNOWN", "provider"),
        (.openai, "", planted, 0, "DISPLAY_NAME_REQUIRED", "display_name"),
        (
            .openai, String(repeating: "n", count: 201), planted, 0, "DISPLAY_NAME_TOO_LONG",
            "display_name"
        ),
        (
            .openai, "a\nb", planted, 0, "DISPLAY_NAME_HAS_CONTROL_CHARACTERS", "display_name"
        ),
        (.openai, "n", "sk-01234567", 0, "API_KEY_TOO_SHORT", "api_key"),
        (.openai, "n", "sk-admin-with\r\nheader", 0, "API_KEY_MALFORMED", "api_key"),
        (.openai, "n", String(repeating: "k", count: 513), 0, "API_KEY_MALFORMED", "api_key"),
        (.openai, "n", planted, 367, "BACKFILL_DAYS_OUT_OF_RANGE", "backfill_days"),
        (.openai, "n", planted, -1, "BACKFILL_DAYS_OUT_OF_RANGE", "backfill_days"),
    ])
    func requestsAreCheckedFieldByField(
        _ provider: Provider, _ name: String, _ key: String, _ days: Int32, _ reason: String,
        _ field: String
    ) throws {
        let request = CreateConnectionRequest(
            provider: provider, displayName: name, apiKey: key, backfillDays: days)
        let error = #expect(throws: ServiceError.self) { try ConnectionDraft(wire: request) }
        #expect(error?.reason.rawValue == reason)
        #expect(error?.field == field)
        #expect(error.map { !String(reflecting: $0).contains(key) } == true)
    }

    @Test func aNameIsTakenOncePerOrganization() async throws {
        try await withBench { bench in
            _ = try await bench.create("Research")
            let error = await #expect(throws: ServiceError.self) {
                _ = try await bench.create("Research", provider: .anthropic)
            }
            #expect(error?.reason == "CONNECTION_NAME_TAKEN")
            #expect(error?.code == .alreadyExists)
            let queue = JobQueue(pool: bench.pool, owner: "test")
            let jobs = try await queue.claim(
                [PullConnection.kind], limit: 9, lease: .seconds(60))
            #expect(jobs.count == 2)
        }
    }

    /// Row 20: another organization's id is as good as none.
    @Test func anotherOrganizationSeesNothing() async throws {
        try await withBench { bench in
            let made = try await bench.create()
            let other = try await Self.makeOrganization("other", in: bench.database)
            let error = await #expect(throws: ServiceError.self) {
                _ = try await bench.service.getConnection(
                    GetConnectionRequest(id: made.id), bench.call(of: other))
            }
            #expect(error?.reason == "CONNECTION_NOT_FOUND")
            let list = try await bench.service.listConnections(
                ListConnectionsRequest(), bench.call(of: other))
            #expect(list.connections.isEmpty)
        }
    }

    @Test func listingGoesOnAfterTheLastName() async throws {
        try await withBench { bench in
            for name in ["b", "ä", "a", "B", "c"] { _ = try await bench.create(name) }
            var names: [String] = []
            var token = ""
            repeat {
                let page = try await bench.service.listConnections(
                    ListConnectionsRequest(pageSize: 2, pageToken: token), bench.call())
                #expect(page.connections.count <= 2)
                names += page.connections.map(\.displayName)
                token = page.nextPageToken
            } while !token.isEmpty
            #expect(names == ["B", "a", "b", "c", "ä"])
        }
    }

    @Test func aPageTokenFromElsewhereIsRefused() async throws {
        try await withBench { bench in
            let forged = PageToken(.connections, after: "a\u{0}").text
            let other = PageToken(PageToken.List(number: 3), after: "a").text
            for text in ["zz", "abc", "ff", "6100", forged, other] {
                let error = await #expect(throws: ServiceError.self) {
                    try await bench.service.listConnections(
                        ListConnectionsRequest(pageToken: text), bench.call())
                }
                #expect(error?.reason == "PAGE_TOKEN_INVALID", "\(text)")
            }
        }
    }

    @Test func aConnectionIsAsWellAsItsWorstReport() async throws {
        try await withBench { bench in
            let made = try await bench.create()
            let id = try ConnectionID(made.id)
            func store(_ stream: PullStream, _ health: PullHealth, _ error: String) async throws {
                let key = CheckpointKey(
                    organizationID: bench.organization, connectionID: id, stream: stream)
                let now = try Instant(rfc3339: "2026-11-20T13:00:00Z")
                let options = TransactionOptions(
                    role: "tally_worker", organization: bench.organization.postgresUUID)
                try await bench.pool.transaction(options) { transaction in
                    try await UpdateCheckpoint(
                        key,
                        checkpoint: Checkpoint(
                            through: now, health: health, lastError: error),
                        pages: 2, succeededAt: health == .healthy ? now : nil, updatedAt: now
                    ).store(in: transaction)
                }
            }
            func read() async throws -> Connection {
                try await bench.service.getConnection(
                    GetConnectionRequest(id: made.id), bench.call())
            }
            try await store(.usage, .healthy, "")
            #expect(try await read().health == .pending)
            try await store(.costs, .keyRefused, "replace the key")
            let refused = try await read()
            #expect(refused.health == .keyRefused)
            #expect(refused.lastError == "replace the key")
            #expect(refused.pagesRead == 4)
            try await store(.costs, .degraded, "busy")
            #expect(try await read().health == .degraded)
            try await store(.costs, .healthy, "")
            let healthy = try await read()
            #expect(healthy.health == .healthy)
            #expect(healthy.lastError == "")
            #expect(healthy.usageThrough == healthy.lastSuccessTime)
        }
    }

    @Test func usageWasReadAsFarAsTheReportThatWasReadLeast() async throws {
        try await withBench { bench in
            let made = try await bench.create()
            let id = try ConnectionID(made.id)
            let embeddings = PullStream(rawValue: "usage/embeddings")
            for _ in 0..<2 {
                // The second time it is there already, and nothing changes.
                try await bench.pool.transaction(bench.worker) { transaction in
                    try await PullConnection.begin(
                        embeddings, of: id, asRecordOf: .both, for: bench.organization,
                        in: transaction)
                }
            }
            let store = { (stream: PullStream) in
                let update = try bench.update(made.id, stream, .healthy)
                try await bench.pool.transaction(bench.worker) {
                    try await update.store(in: $0)
                }
            }
            try await store(.usage)
            try await store(.costs)
            let half = try await bench.read(made.id)
            #expect(half.usageThrough == nil)
            #expect(half.costsThrough != nil)
            #expect(half.health == .pending)
            try await store(embeddings)
            let whole = try await bench.read(made.id)
            #expect(whole.usageThrough == whole.costsThrough)
            #expect(whole.health == .healthy)
        }
    }

    /// The second one waits for the first and must see what it committed; else the connection
    /// would stay as one report alone was.
    @Test func reportsThatEndTogetherAreBothCounted() async throws {
        try await withBench { bench in
            let made = try await bench.create()
            let (stored, store) = AsyncStream<Void>.makeStream()
            async let second: Void = {
                for await _ in stored {}
                let update = try bench.update(made.id, .costs, .healthy)
                try await bench.pool.transaction(bench.worker) { try await update.store(in: $0) }
            }()
            let update = try bench.update(made.id, .usage, .healthy)
            try await bench.pool.transaction(bench.worker) { transaction in
                try await update.store(in: transaction)
                store.finish()
                try await bench.someSessionWaits()
            }
            try await second
            let connection = try await bench.read(made.id)
            #expect(connection.health == .healthy)
            #expect(connection.pagesRead == 2)
        }
    }

    @Test func aReplacedKeyIsSealedAndBothReportsAreDueAtOnce() async throws {
        try await withBench { bench in
            let made = try await bench.create()
            let queue = JobQueue(pool: bench.pool, owner: "test")
            // One report runs, the other waits after a refusal.
            let running = try await queue.claim(
                [PullConnection.kind], limit: 2, lease: .seconds(600))
            var random = SystemRandomNumberGenerator()
            let blocked = JobUpdate(
                after: .blocked(reason: "KEY_REFUSED", after: .seconds(900)), attempt: 1,
                lastError: nil, backoff: Backoff(), using: &random)
            try await queue.record(blocked, of: running[0].lease)
            let refused = try bench.update(made.id, .usage, .keyRefused, error: "usage: refused")
            try await bench.pool.transaction(bench.worker) { try await refused.store(in: $0) }
            #expect(try await queue.claim([PullConnection.kind], limit: 9, lease: .zero).isEmpty)

            let replaced = try await bench.replaceKey(made.id, "sk-admin-another-key-wxyz")
            #expect(replaced.id == made.id)
            #expect(replaced.keyHint == "wxyz")
            #expect(replaced.health == .degraded)
            #expect(replaced.lastError.contains("replaced"))
            #expect(
                replaced.usageThrough == Timestamp(try Instant(rfc3339: "2026-11-20T13:00:00Z")))

            let due = try await queue.claim(
                [PullConnection.kind], limit: 9, lease: .seconds(600))
            #expect(Set(due.map(\.key)) == Set(running.map(\.key)))
            #expect(try await !queue.renew(running[1].lease, for: .seconds(60)))
            let id = try ConnectionID(made.id)
            let organization = bench.organization
            let sealed = try await bench.pool.transaction(bench.worker) { transaction in
                try await transaction.first(
                    SelectSealedKey(organizationID: organization, connectionID: id))
            }
            let keys = try await bench.keys.keys(of: organization)
            let opened = try KeyVault.open(try #require(sealed), of: id, with: keys)
            #expect(opened.reveal() == "sk-admin-another-key-wxyz")
            #expect(throws: Self.unreadable) {
                try KeyVault.open(try #require(sealed), of: .make(), with: keys)
            }
        }
    }

    @Test func aKeyIsReplacedForOnesOwnConnectionsOnly() async throws {
        try await withBench { bench in
            let made = try await bench.create()
            let other = try await Self.makeOrganization("other", in: bench.database)
            try await bench.keys.makeKeys(of: other)
            for (id, key, organization, reason, field) in [
                (made.id, Self.planted, other, "CONNECTION_NOT_FOUND", "id"),
                (ConnectionID.make().text, Self.planted, nil, "CONNECTION_NOT_FOUND", "id"),
                (made.id, "sk-short", nil, "API_KEY_TOO_SHORT", "api_key"),
                (made.id, "sk-admin with space", nil, "API_KEY_MALFORMED", "api_key"),
            ] {
                let error = await #expect(throws: ServiceError.self) {
                    _ = try await bench.replaceKey(id, key, of: organization)
                }
                #expect(error?.reason.rawValue == reason)
                #expect(error?.field == field)
            }
            #expect(try await bench.read(made.id) == made)
        }
    }
}
