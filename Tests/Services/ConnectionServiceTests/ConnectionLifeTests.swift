import API
import Core
import Domain
import Jobs
import Postgres
import ServiceRuntime
import TestSupport
import Testing

@testable import ConnectionService

/// What becomes of a connection: changed, paused, resumed, deleted.
struct ConnectionLifeTests {
    private func reason(_ body: () async throws -> Void) async -> String {
        do {
            try await body()
            return ""
        } catch {
            let error = error as? ServiceError
            return "\(error?.reason.rawValue ?? "?") \(error?.field ?? "")"
        }
    }

    @Test func onlyWhatTheMaskNamesChangesAndLostUpdatesAreRefused() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            #expect(made.recordOf == .both && made.labels.isEmpty && !made.etag.isEmpty)
            let labelled = try await bench.update(
                made.id, name: "ignored",
                labels: [Label(key: "team", value: "ml"), Label(key: "env", value: "")],
                mask: ["labels"], etag: made.etag)
            #expect(labelled.displayName == made.displayName)
            #expect(
                labelled.labels == [
                    Label(key: "env", value: ""), Label(key: "team", value: "ml"),
                ])
            #expect(labelled.etag != made.etag)
            let lost = await reason {
                _ = try await bench.update(
                    made.id, name: "Other", mask: ["display_name"], etag: made.etag)
            }
            #expect(lost == "ETAG_MISMATCH etag")
            let renamed = try await bench.update(
                made.id, name: "Other", mask: ["display_name"], etag: labelled.etag)
            #expect(renamed.displayName == "Other" && renamed.labels == labelled.labels)
            // The same again is no change.
            let same = try await bench.update(made.id, name: "Other", mask: ["display_name"])
            #expect(same == renamed)
            _ = try await bench.create("Taken", key: "sk-admin-taken-0001")
            let taken = await reason {
                _ = try await bench.update(made.id, name: "Taken", mask: ["display_name"])
            }
            #expect(taken == "CONNECTION_NAME_TAKEN display_name")
            #expect(try await bench.read(made.id) == renamed)
        }
    }

    @Test func changesAreCheckedFieldByField() async throws {
        let many = (0...20).map { Label(key: "k\($0)", value: "") }
        let cases: [(UpdateConnectionRequest, String)] = [
            (.init(), "UPDATE_MASK_EMPTY update_mask"),
            (.init(updateMask: ["provider"]), "UPDATE_MASK_FIELD_UNKNOWN update_mask[0]"),
            (.init(updateMask: ["display_name"]), "DISPLAY_NAME_REQUIRED display_name"),
            (.init(labels: many, updateMask: ["labels"]), "TOO_MANY_LABELS labels"),
            (
                .init(labels: [Label(key: "a b", value: "")], updateMask: ["labels"]),
                "LABEL_KEY_MALFORMED labels[0].key"
            ),
            (
                .init(
                    labels: [Label(key: String(repeating: "k", count: 64), value: "")],
                    updateMask: ["labels"]), "LABEL_KEY_MALFORMED labels[0].key"
            ),
            (
                .init(
                    labels: [Label(key: "a", value: ""), Label(key: "a", value: "b")],
                    updateMask: ["labels"]), "LABEL_KEY_DUPLICATE labels[1].key"
            ),
            (
                .init(labels: [Label(key: "a", value: "b\nc")], updateMask: ["labels"]),
                "LABEL_VALUE_MALFORMED labels[0].value"
            ),
            (
                .init(
                    labels: [Label(key: "a", value: String(repeating: "v", count: 201))],
                    updateMask: ["labels"]), "LABEL_VALUE_MALFORMED labels[0].value"
            ),
            (
                .init(recordOf: RecordOf(rawValue: 9), updateMask: ["record_of"]),
                "RECORD_OF_UNKNOWN record_of"
            ),
        ]
        for (request, expected) in cases {
            #expect(await reason { _ = try ConnectionChange(wire: request) } == expected)
        }
        // What the mask does not name is not looked at.
        _ = try ConnectionChange(
            wire: .init(labels: many, recordOf: .billing, updateMask: ["record_of"]))
    }

    @Test func callsThatWantTheSameAtOnceAllGetIt() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            let answers = try await withThrowingTaskGroup(of: Connection.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await bench.service.pauseConnection(
                            PauseConnectionRequest(id: made.id), bench.call())
                    }
                }
                var answers: [Connection] = []
                for try await answer in group { answers.append(answer) }
                return answers
            }
            #expect(
                answers.allSatisfy {
                    $0.etag == answers[0].etag && $0.pauseTime == answers[0].pauseTime
                        && $0.health == .paused
                })
        }
    }

    /// The pull under way loses its lease, and what takes the job over finds nothing to do.
    @Test func aPausedConnectionIsNotPulledUntilItIsResumed() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.create()
            let queue = JobQueue(pool: bench.pool, owner: "test")
            let running = try await queue.claim(
                [PullConnection.kind], limit: 9, lease: .seconds(600))
            let paused = try await bench.service.pauseConnection(
                PauseConnectionRequest(id: made.id), bench.call())
            #expect(paused.health == .paused && paused.pauseTime != nil)
            for job in running {
                #expect(try await !queue.renew(job.lease, for: .seconds(60)))
            }
            #expect(try await !bench.isPulled(made.id, .usage))
            #expect(try await !bench.isPulled(made.id, .costs))
            let again = try await bench.service.pauseConnection(
                PauseConnectionRequest(id: made.id), bench.call())
            #expect(again == paused)
            // As the worker does with them.
            let due = try await queue.claim(
                [PullConnection.kind], limit: 9, lease: .seconds(600))
            var random = SystemRandomNumberGenerator()
            for job in due {
                let update = JobUpdate(
                    after: .completed, attempt: 1, lastError: nil, backoff: Backoff(),
                    using: &random)
                try await queue.record(update, of: job.lease)
            }

            let resumed = try await bench.service.resumeConnection(
                ResumeConnectionRequest(id: made.id), bench.call())
            #expect(resumed.health == .pending && resumed.pauseTime == nil)
            let pulls = try await queue.claim(
                [PullConnection.kind], limit: 9, lease: .seconds(600))
            #expect(Set(pulls.map(\.key)) == Set(running.map(\.key)))
            #expect(try await bench.isPulled(made.id, .usage))
            let twice = try await bench.service.resumeConnection(
                ResumeConnectionRequest(id: made.id), bench.call())
            // Its pulls run by now; nothing else differs, and they go on.
            #expect(twice.reports.map(\.running) == [true, true])
            var expected = resumed
            expected.reports = twice.reports
            expected.nextRunTime = nil
            #expect(twice == expected)
            #expect(try await queue.renew(pulls[0].lease, for: .seconds(600)))
        }
    }

    @Test func whatAConnectionIsTheRecordOfIsPulledAndDecidesItsHealth() async throws {
        try await ConnectionBench.with { bench in
            let made = try await bench.service.createConnection(
                CreateConnectionRequest(
                    provider: .openai, displayName: "Bills", apiKey: ConnectionBench.planted,
                    labels: [Label(key: "a", value: "b")], recordOf: .billing), bench.call())
            #expect(made.recordOf == .billing && made.labels == [Label(key: "a", value: "b")])
            let queue = JobQueue(pool: bench.pool, owner: "test")
            let pulls = try await queue.claim(
                [PullConnection.kind], limit: 9, lease: .seconds(600))
            #expect(try pulls.map { try $0.arguments(PullConnection.self).stream } == [.costs])
            let costs = try bench.update(made.id, .costs, .healthy)
            try await bench.pool.transaction(bench.worker) { try await costs.store(in: $0) }
            // Nobody waits for the usage.
            #expect(try await bench.read(made.id).health == .healthy)

            let both = try await bench.update(made.id, record: .both, mask: ["record_of"])
            #expect(both.health == .pending)
            let more = try await queue.claim(
                [PullConnection.kind], limit: 9, lease: .seconds(600))
            #expect(try Set(more.map { try $0.arguments(PullConnection.self).stream }).count == 2)
            #expect(try await !queue.renew(pulls[0].lease, for: .seconds(60)))
            let usage = try await bench.update(
                made.id, record: .attribution, mask: ["record_of"])
            #expect(usage.recordOf == .attribution)
            #expect(try await bench.isPulled(made.id, .usage))
            #expect(try await !bench.isPulled(made.id, .costs))
            // What was read stays.
            #expect(usage.costsThrough == both.costsThrough && usage.costsThrough != nil)
        }
    }

    @Test func aDeletedConnectionKeepsItsNameAndLosesItsKey() async throws {
        try await ConnectionBench.with { bench in
            let session = try await bench.database.session()
            try await session.execute("UPDATE organizations SET connections_max = 1")
            let made = try await bench.create()
            let wrong = await reason {
                _ = try await bench.delete(made.id, confirm: "research")
            }
            #expect(wrong == "CONNECTION_NAME_NOT_CONFIRMED confirm_display_name")
            let deleted = try await bench.delete(made.id, confirm: "Research")
            #expect(deleted.health == .deleted && deleted.deleteTime != nil)
            #expect(try await bench.delete(made.id, confirm: "Research") == deleted)
            #expect(
                try await session.texts("SELECT length(sealed_key)::text FROM connections")
                    == [["0"]])
            #expect(try await bench.read(made.id) == deleted)
            let list = try await bench.service.listConnections(
                ListConnectionsRequest(), bench.call())
            #expect(list.connections.isEmpty)
            for request in ["pause", "resume", "key", "name"] {
                let refused = await reason {
                    switch request {
                    case "pause":
                        _ = try await bench.service.pauseConnection(
                            PauseConnectionRequest(id: made.id), bench.call())
                    case "resume":
                        _ = try await bench.service.resumeConnection(
                            ResumeConnectionRequest(id: made.id), bench.call())
                    case "key": _ = try await bench.replaceKey(made.id, "sk-admin-another-key")
                    default:
                        _ = try await bench.update(made.id, name: "New", mask: ["display_name"])
                    }
                }
                #expect(refused == "CONNECTION_DELETED id", "\(request)")
            }
            #expect(try await !bench.isPulled(made.id, .usage))
            // Its name and its place are free.
            let next = try await bench.create()
            #expect(next.displayName == deleted.displayName && next.id != deleted.id)
            await session.close()
        }
    }
}

extension ConnectionBench {
    fileprivate func update(
        _ id: String, name: String = "", labels: [Label] = [], record: RecordOf = .unspecified,
        mask: [String], etag: String = ""
    ) async throws -> Connection {
        try await service.updateConnection(
            UpdateConnectionRequest(
                id: id, displayName: name, labels: labels, recordOf: record, updateMask: mask,
                etag: etag), call())
    }

    fileprivate func delete(_ id: String, confirm name: String) async throws -> Connection {
        try await service.deleteConnection(
            DeleteConnectionRequest(id: id, confirmDisplayName: name), call())
    }

    /// As the worker asks.
    fileprivate func isPulled(_ id: String, _ stream: PullStream) async throws -> Bool {
        let select = SelectConnection(organizationID: organization, id: try ConnectionID(id))
        return try await pool.transaction(worker) { transaction in
            try await transaction.first(select)?.isPulled(stream) ?? false
        }
    }
}
