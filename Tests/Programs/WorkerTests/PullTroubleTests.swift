import API
import Core
import Domain
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// What stops a pull besides the provider, and what a provider must not be able to do.
struct PullTroubleTests {
    private func provider(_ seed: UInt64) throws -> FakeProvider {
        FakeProvider(
            .random(
                from: try Instant(rfc3339: "2026-11-10T00:00:00Z"),
                through: try Instant(rfc3339: "2026-11-20T12:00:00Z"), seed: seed))
    }

    /// Nobody may read "healthy" while nothing can be stored.
    @Test func aPageTheDatabaseRefusesIsShownUntilItIsStored() async throws {
        let provider = try provider(20)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            #expect(try await bench.readOnce())
            try await bench.execute("REVOKE UPDATE ON ledger_clocks FROM tally_worker")
            let connection = try await bench.readUntilDegraded(
                id, by: try bench.program(now: "2026-11-20T13:00:00Z"))
            #expect(connection.lastError.contains("PAGE_REFUSED_BY_DATABASE"))
            for word in ["42501", "ledger_clocks", "PostgreSQL"] {
                #expect(!connection.lastError.contains(word))
            }
            #expect(bench.log.lines.contains { $0.contains("42501") })
            try await bench.execute("GRANT UPDATE ON ledger_clocks TO tally_worker")
            #expect(try await bench.readOnce(now: "2026-11-20T13:00:00Z"))
            #expect(try await bench.connection(id).health == .healthy)
        }
    }

    /// What was refused is read again, not passed over: a checkpoint comes with its page.
    @Test func aPageThatWasRefusedIsReadAgain() async throws {
        let provider = try provider(26)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            try await bench.execute("REVOKE UPDATE ON ledger_clocks FROM tally_worker")
            _ = try await bench.readUntilDegraded(id, by: try bench.program())
            try await bench.execute("GRANT UPDATE ON ledger_clocks TO tally_worker")
            #expect(try await bench.readOnce())
            let state = provider.state.withLock { $0 }
            #expect(
                try await bench.totals()
                    == WorkerBench.Totals(
                        input: state.totalInput, output: state.totalOutput,
                        picos: String(try state.totalPicos())))
        }
    }

    @Test func aReplacedKeyIsPickedUpAndNothingIsReadTwice() async throws {
        let provider = try provider(21)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            #expect(try await bench.readOnce())
            let totals = try await bench.totals()
            let key = "sk-admin-replaced-0123456789"
            provider.state.withLock { $0.onlyKey = key }
            #expect(try await !bench.readOnce())
            #expect(try await bench.connection(id).health == .keyRefused)

            #expect(try await bench.replaceKey(id, key).health == .degraded)
            #expect(try await bench.readOnce())
            let connection = try await bench.connection(id)
            #expect(connection.health == .healthy)
            #expect(connection.lastError == "")
            #expect(try await bench.totals() == totals)
            for text in try await bench.log.lines + bench.everyRow() {
                #expect(!text.contains(key))
            }
        }
    }

    /// What stops a pull for good asks the provider nothing; what is resumed misses nothing.
    @Test func onlyWhatIsOfRecordAndNotPausedIsPulled() async throws {
        let provider = try provider(24)
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            func asked() -> [Bool] {
                let targets = provider.state.withLock { $0.served }
                return ["usage", "costs"].map { path in targets.contains { $0.contains(path) } }
            }
            try await bench.change {
                try await $0.pauseConnection(PauseConnectionRequest(id: id.text), $1)
            }
            #expect(try await bench.readOnce())
            #expect(asked() == [false, false])
            try await bench.change {
                try await $0.updateConnection(
                    UpdateConnectionRequest(
                        id: id.text, recordOf: .attribution, updateMask: ["record_of"]), $1)
            }
            #expect(try await bench.readOnce())
            #expect(asked() == [false, false])
            try await bench.change {
                try await $0.resumeConnection(ResumeConnectionRequest(id: id.text), $1)
            }
            #expect(try await bench.readOnce())
            #expect(asked() == [true, false])
            #expect(try await bench.connection(id).health == .healthy)
            #expect(try await bench.totals().picos == "0")
            try await bench.change {
                try await $0.updateConnection(
                    UpdateConnectionRequest(
                        id: id.text, recordOf: .both, updateMask: ["record_of"]), $1)
            }
            #expect(try await bench.readOnce())
            let state = provider.state.withLock { $0 }
            #expect(
                try await bench.totals()
                    == WorkerBench.Totals(
                        input: state.totalInput, output: state.totalOutput,
                        picos: String(try state.totalPicos())))
            let name = try await bench.connection(id).displayName
            try await bench.change {
                try await $0.deleteConnection(
                    DeleteConnectionRequest(id: id.text, confirmDisplayName: name), $1)
            }
            let served = provider.state.withLock { $0.pagesServed }
            #expect(try await bench.readOnce())
            #expect(provider.state.withLock { $0.pagesServed } == served)
            #expect(
                try await bench.texts("SELECT 1 FROM jobs WHERE kind = 'pull_connection'") == [])
            #expect(try await bench.totals().input == state.totalInput)
        }
    }

    /// Usage and costs of one account count together at the provider.
    @Test func reportsOfAConnectionShareItsPace() async throws {
        let provider = try provider(22)
        try await WorkerBench.with(provider) { bench in
            _ = try await bench.connect(.anthropic, days: 1)
            #expect(try await bench.readOnce(["TALLY_PAGE_PAUSE_MILLISECONDS": "5000"]))
            let arrivals = provider.state.withLock { $0.arrivals }
            // More where an answer took too long, and the request was repeated.
            #expect(arrivals.count >= 2)
            // Less than the pause: a request may take long to get on its way.
            for (one, next) in zip(arrivals, arrivals.dropFirst()) {
                #expect(one.duration(to: next) > .seconds(1))
            }
        }
    }

    @Test func pagesThatGoRoundComeToAnEnd() async throws {
        let provider = try provider(23)
        provider.state.withLock { $0.goesRound = true }
        try await WorkerBench.with(provider) { bench in
            let id = try await bench.connect()
            let connection = try await bench.readUntilDegraded(id, by: try bench.program())
            #expect(connection.lastError.contains("pages do not come to an end"))
            provider.state.withLock { $0.goesRound = false }
            #expect(try await bench.readOnce())
        }
    }
}

extension WorkerBench {
    /// The connection as it is shown while a worker reads what never comes to an end.
    fileprivate func readUntilDegraded(
        _ id: ConnectionID, by program: WorkerProgram
    ) async throws -> API.Connection {
        let reading = Task { try await program.readOnce(giveUpAfter: .seconds(60)) }
        var connection = try await connection(id)
        for _ in 0..<500 where connection.health != .degraded {
            try await Task.sleep(for: .milliseconds(100))
            connection = try await self.connection(id)
        }
        reading.cancel()
        #expect(try await !reading.value)
        try await program.shutdown()
        #expect(connection.health == .degraded)
        return connection
    }
}
