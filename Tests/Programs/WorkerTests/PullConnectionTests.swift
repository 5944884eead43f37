import API
import Core
import Domain
import Jobs
import Ledger
import Postgres
import ServiceRuntime
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import IngestionService
@testable import Worker

/// The worker against PostgreSQL and a provider in miniature.
struct PullConnectionTests {
    private static let from = "2026-11-10T00:00:00Z"
    private static let through = "2026-11-20T12:00:00Z"

    private func provider(_ seed: UInt64 = 1) throws -> FakeProvider {
        FakeProvider(
            .random(
                from: try Instant(rfc3339: Self.from), through: try Instant(rfc3339: Self.through),
                seed: seed))
    }

    private func expected(
        _ provider: FakeProvider, powerOfTen: Int = 0
    ) throws -> WorkerBench.Totals {
        let state = provider.state.withLock { $0 }
        return WorkerBench.Totals(
            input: state.totalInput, output: state.totalOutput,
            picos: String(try state.totalPicos(powerOfTen: powerOfTen)))
    }

    @Test(arguments: [API.Provider.openai, .anthropic])
    func aBackfillReadsEveryRowOnce(_ kind: API.Provider) async throws {
        let provider = try provider()
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(kind)
            #expect(try await bench.readOnce())
            #expect(
                try await bench.totals()
                    == expected(
                        provider, powerOfTen: kind == .anthropic ? -2 : 0))
            let connection = try await bench.connection(id)
            #expect(connection.health == .healthy)
            #expect(connection.lastError == "")
            let now = Timestamp(try Instant(rfc3339: WorkerBench.now))
            #expect(connection.usageThrough == now)
            #expect(connection.costsThrough == now)
            #expect(connection.lastSuccessTime == now)
            let served = provider.state.withLock { ($0.served.count, $0.changedParameters) }
            #expect(connection.pagesRead == Int64(served.0))
            #expect(served.0 > 6)
            #expect(served.1 == 0)
        }
    }

    /// A connection of before a provider's connector declared all that it declares now.
    @Test func reportsThatAConnectionLacksAreAddedAndRead() async throws {
        let provider = try provider(11)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect(.anthropic, streams: [.usage])
            #expect(try await bench.readOnce())
            #expect(try await bench.totals() == expected(provider, powerOfTen: -2))
            let connection = try await bench.connection(id)
            #expect(connection.health == .healthy)
            #expect(connection.costsThrough == Timestamp(try Instant(rfc3339: WorkerBench.now)))
        }
    }

    /// Each report's rows have a source of their own, and what no column has is a tag.
    @Test func aFurtherReportIsStoredUnderItsName() async throws {
        let provider = try provider(12)
        let hour = try Instant(rfc3339: "2026-11-19T07:00:00Z").seconds
        provider.state.withLock {
            $0.bodies["/v1/organization/usage/images"] = """
                {"data":[{"start_time":\(hour),"end_time":\(hour + 3600),"results":[
                {"images":12,"num_model_requests":9,"project_id":"alpha","model":"gpt-image-2",
                "size":"1024x1024","source":"image.edit"}]}],"has_more":false,"next_page":null}
                """
        }
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect()
            #expect(try await bench.readOnce())
            #expect(try await bench.readOnce(now: "2026-11-20T14:00:00Z"))
            let images = try await bench.texts(
                """
                SELECT d.model, d.tags->>'image_size', d.tags->>'image_source', e.requests::text,
                    e.other_quantities::text
                FROM ledger_entries e
                JOIN dimension_sets d ON d.org_id = e.org_id AND d.id = e.dimension_set_id
                WHERE d.source = 'openai-usage-images'
                """)
            #expect(
                images == [["gpt-image-2", "1024x1024", "image.edit", "9", "{\"image\": 12}"]])
            #expect(try await bench.totals() == expected(provider))
        }
    }

    /// People see names beside ids; no table holds them in clear, and what vanishes keeps its name.
    @Test func reportsShowNamesAndWhatVanishesKeepsIts() async throws {
        let provider = try provider(13)
        provider.state.withLock {
            $0.bodies["/v1/organizations/workspaces"] = #"""
                {"data":[{"id":"alpha","name":"Planted workspace","archived_at":null}],\#
                "has_more":false,"last_id":"alpha"}
                """#
            $0.bodies["/v1/organizations/users"] = #"""
                {"data":[{"id":"planted_1","name":"Planted Person","email":"planted@person.test"}],\#
                "has_more":false,"last_id":"user_1"}
                """#
        }
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect(.anthropic)
            #expect(try await bench.readOnce())
            let names = ["alpha": "Planted workspace", "beta": ""]
            #expect(try await bench.projectNames() == names)
            #expect(try await bench.userName("planted_1") == "Planted Person")
            #expect(try await bench.userName("planted_2") == "")
            for text in try await bench.log.lines + bench.everyRow() {
                #expect(!text.lowercased().contains("planted"))
            }
            let gone = "SELECT kind, (gone_at IS NOT NULL)::text FROM provider_objects ORDER BY 1"
            #expect(try await bench.texts(gone) == [["project", "false"], ["user", "false"]])
            provider.state.withLock { $0.bodies = [:] }
            #expect(try await bench.readOnce(now: "2026-11-21T13:00:00Z"))
            #expect(try await bench.texts(gone) == [["project", "true"], ["user", "true"]])
            #expect(try await bench.projectNames() == names)
        }
    }

    /// Row 10: what is read twice counts once.
    @Test func readingAgainChangesNothing() async throws {
        let provider = try provider(2)
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect()
            #expect(try await bench.readOnce())
            let count = try await bench.texts("SELECT count(*) FROM ledger_entries")
            #expect(try await bench.readOnce(now: "2026-11-20T12:50:00Z"))
            #expect(try await bench.texts("SELECT count(*) FROM ledger_entries") == count)
            #expect(try await bench.totals() == expected(provider))
        }
    }

    @Test func restatementsBecomeCorrections() async throws {
        let provider = try provider(3)
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect()
            #expect(try await bench.readOnce())
            let hour = try Instant(rfc3339: "2026-11-19T07:00:00Z").seconds
            let day = try Instant(rfc3339: "2026-11-15T00:00:00Z").seconds
            provider.state.withLock { state in
                // Figures change, a row appears, rows go, and a whole bucket empties.
                state.usage[hour] = [
                    .init(project: "alpha", model: "gpt-6-sol", input: 7, output: 5),
                    .init(project: "gamma", model: "gpt-6-sol", input: 11, output: 3),
                ]
                for emptied in 1...6 { state.usage[hour + Int64(emptied) * 3600] = nil }
                state.charges[day]?[0].amount = "1.000000000001"
                state.charges[day]?[1].amount = "-2.5"
                state.charges[day]?.removeLast()
            }
            #expect(try await bench.readOnce(now: "2026-11-20T14:00:00Z"))
            #expect(try await bench.totals() == expected(provider))
            let corrections = "SELECT count(*)::text FROM ledger_entries WHERE kind = 6"
            let corrected = try await bench.texts(corrections)
            #expect(corrected[0][0] != "0")
            #expect(try await bench.readOnce(now: "2026-11-20T14:10:00Z"))
            #expect(try await bench.texts(corrections) == corrected)
        }
    }

    @Test func aRefusedKeyIsShownWithItsRemedyUntilItWorksAgain() async throws {
        let provider = try provider(4)
        provider.state.withLock { $0.refusesKeys = true }
        let notices = NoticeBox()
        let hook = try await StubHTTPServer { request in
            notices.append(request)
            return .init(status: 204)
        }
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            let webhook = ["TALLY_OPERATOR_WEBHOOK_URL": hook.baseURL + "/hook"]
            #expect(try await !bench.readOnce(webhook))
            let refused = try await bench.connection(id)
            #expect(refused.health == .keyRefused)
            #expect(refused.lastError.contains("Create a new admin key"))
            #expect(refused.usageThrough == nil)

            // Refused again: no second notice.
            #expect(try await !bench.readOnce(webhook))
            let announced = "SELECT kind, subject_id::text, delivered_at::text FROM outbox_events"
            #expect(try await bench.texts(announced).isEmpty)
            provider.state.withLock { $0.refusesKeys = false }
            #expect(try await bench.readOnce(webhook))
            #expect(try await bench.connection(id).health == .healthy)
            #expect(try await bench.totals() == expected(provider))
            // The first figures are there, and word is left of it once, however often it is read.
            #expect(try await bench.texts(announced) == [["connection.first_pull", id.text, nil]])
            #expect(try await bench.readOnce(now: "2026-11-20T12:50:00Z"))
            #expect(try await bench.texts(announced).count == 1)
        }
        let bodies = notices.bodies
        // Of the connection, not of each of its reports.
        #expect(bodies.filter { $0.contains("connection.key_refused") }.count == 1)
        #expect(bodies.filter { $0.contains("connection.recovered") }.count == 1)
        #expect(bodies.allSatisfy { !$0.contains(WorkerBench.key) })
        try await hook.close()
    }

    @Test func troubleThatPassesIsTriedAgain() async throws {
        let provider = try provider(5)
        provider.state.withLock {
            $0.interjections = [
                .init(status: 500), .init(status: 429, headers: [("retry-after", "1")]),
                .init(body: #"{"data":[{"start_time":"#), .init(body: "<html>"),
                .init(body: "[1,2,3]", cutsOffAfter: 3),
            ]
        }
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            #expect(try await bench.readOnce(["TALLY_CONCURRENCY": "2"]))
            #expect(try await bench.connection(id).health == .healthy)
            #expect(try await bench.totals() == expected(provider))
        }
    }

    @Test func aPageTheLedgerRefusesIsShownAndLeavesNothingBehind() async throws {
        let provider = try provider(10)
        let day = try Instant(rfc3339: "2026-11-12T00:00:00Z").seconds
        let huge = String(repeating: "9", count: 25)
        provider.state.withLock { state in
            // Each is an amount; their sum is beyond what an amount can be.
            for _ in 0..<20 {
                state.charges[day]?.append(
                    .init(project: "alpha", lineItem: "gpt-6-sol, input", amount: huge))
            }
        }
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            let program = try bench.program()
            let reading = Task { try await program.readOnce(giveUpAfter: .seconds(600)) }
            var connection = try await bench.connection(id)
            for _ in 0..<6000 where connection.health != .degraded {
                try await Task.sleep(for: .milliseconds(10))
                connection = try await bench.connection(id)
            }
            // It would go on trying.
            reading.cancel()
            #expect(try await !reading.value)
            try await program.shutdown()
            #expect(connection.health == .degraded)
            #expect(connection.lastError.contains("could not be recorded"))
            #expect(connection.costsThrough == nil)
            #expect(try await bench.totals().picos == "0")
        }
    }

    @Test func aCursorThatExpiredBeginsItsWindowAgain() async throws {
        let provider = try provider(6)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            let key = CheckpointKey(
                organizationID: bench.organization, connectionID: id, stream: .usage)
            let window = Checkpoint.OpenWindow(
                from: try Instant(rfc3339: Self.from),
                through: try Instant(rfc3339: "2026-11-20T13:00:00Z"),
                openedAt: try Instant(rfc3339: WorkerBench.now), cursor: "page_expired")
            let options = TransactionOptions(
                role: "tally_worker", organization: bench.organization.postgresUUID)
            try await bench.pool.transaction(options) { transaction in
                _ = try await transaction.execute(
                    UpdateCheckpoint(
                        key, checkpoint: Checkpoint(window: window), pages: 0, succeededAt: nil,
                        updatedAt: window.openedAt))
            }
            #expect(try await bench.readOnce())
            #expect(try await bench.totals() == expected(provider))
        }
    }

    @Test func twoWorkersReadEveryRowOnce() async throws {
        let provider = try provider(7)
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect(.openai)
            async let first = bench.readOnce()
            async let second = bench.readOnce()
            let complete = try await [first, second]
            #expect(complete == [true, true])
            #expect(try await bench.totals() == expected(provider))
        }
    }

    /// A key in a log or a table would be readable by far more people than may use it.
    @Test func noLogLineAndNoTableHoldsTheKey() async throws {
        let provider = try provider(8)
        provider.state.withLock {
            $0.interjections = [
                .init(status: 403, body: #"{"error":{"message":"\#(WorkerBench.key)"}}"#),
                .init(status: 200, body: WorkerBench.key),
            ]
        }
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect()
            _ = try await bench.readOnce()
            #expect(bench.log.lines.count > 3)
            let hexadecimal = WorkerBench.key.utf8.map { String($0, radix: 16) }.joined()
            for text in try await bench.log.lines + bench.everyRow() {
                #expect(!text.contains(WorkerBench.key) && !text.contains(hexadecimal))
            }
        }
    }

    @Test func aWrongMasterKeyIsSaidWithItsRemedy() async throws {
        let provider = try provider(9)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            let other = bench.keyFile + "-other"
            try KeyFiles.write(other)
            #expect(try await !bench.readOnce(["TALLY_MASTER_KEY_FILE": other]))
            let connection = try await bench.connection(id)
            #expect(connection.health == .degraded)
            #expect(connection.lastError.contains("TALLY_MASTER_KEY_FILE"))
            try KeyFiles.remove(other)
        }
    }
}

extension WorkerBench {
    /// What a summary of November calls a user; empty where nobody knows.
    func userName(_ id: String) async throws -> String {
        let summary = UsageSummaryResponse(
            rows: [UsageSummaryRow(values: [DimensionValue(value: id)])])
        let span = try DaySpan(
            from: API.Date(year: 2026, month: 11, day: 1),
            through: API.Date(year: 2026, month: 11, day: 30))
        let named = try await ProviderNames.naming(
            summary, by: UsageBreakdown(wire: ["user"]), span, OrganizationZone("UTC"), call)
        return named.rows[0].values[0].displayName
    }

    /// What a summary calls each project.
    fileprivate func projectNames() async throws -> [String: String] {
        let summary = try await UsageSummary(
            reports: SpendReports(
                reader: SpendReader(catalogues: PriceCatalogueStore()),
                unitRowSource: NoUnitRows())
        ).answer(
            UsageSummaryRequest(
                from: API.Date(year: 2026, month: 11, day: 10),
                through: API.Date(year: 2026, month: 11, day: 20), basis: .metered,
                breakdowns: ["project"]), call)
        return Dictionary(
            summary.rows.map { ($0.values[0].value, $0.values[0].displayName) },
            uniquingKeysWith: { one, _ in one })
    }
}

/// For a caller who sees all of the organization.
struct NoUnitRows: UnitRowSource {
    func rows(
        of query: UnitRowQuery, in transaction: PostgresTransaction
    ) async throws -> any UnitRows {
        throw ServiceError(
            .internal, "UNIT_ROWS_ASKED_FOR", "Nobody here is limited to some units.")
    }
}
