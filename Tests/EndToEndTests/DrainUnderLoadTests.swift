import API
import Foundation
import Synchronization
import TallyClient
import TestSupport
import Testing
import Wire

/// A rolling restart: SIGTERM to real servers at work, by turns, and not one failed call.
@Suite struct DrainUnderLoadTests {
    /// Two servers on one database; each has clients of its own that write, read, read a long stream and
    /// connect anew, and repeat no call but those that certainly were never begun. Every change is there
    /// once.
    @Test(.rule(9), .timeLimit(.minutes(10))) func terminatedServersFailNoCall() async throws {
        // No call waits for another's database connection, which a server bounds.
        let bench = try await ChaosBench.start(
            over: .tcp, settings: ["TALLY_DATABASE_CONNECTIONS_PER_ORGANIZATION": "16"])
        let load = ServerLoad()
        do {
            try await bench.recordLongEvents()
            try await withThrowingTaskGroup { group in
                for worker in ServerLoad.workers {
                    group.addTask { await worker.run(bench, load) }
                }
                for turn in 0..<6 {
                    try await restart(bench.servers[turn % 2], of: bench, under: load)
                }
                load.end()
                try await group.waitForAll()
            }
            try await check(bench, load)
        } catch {
            #expect(load.problems == [])
            await bench.stop()
            throw error
        }
        await bench.stop()
    }

    /// Ends a server while each of its clients is at work, and starts it again.
    private func restart(
        _ server: ChaosBench.Server, of bench: ChaosBench, under load: ServerLoad
    ) async throws {
        // Ten calls each: connections stand, and the next calls are under way.
        let before = load.counts(of: server.number)
        while load.problems.isEmpty,
            !zip(load.counts(of: server.number), before).allSatisfy({ $0 >= $1 + 10 })
        {
            try await Task.sleep(for: .milliseconds(10))
        }
        let process = bench.process(of: server.number)
        try await bench.readLongEvents(from: server) {
            process.askToEnd()
            // Until it takes no connections: with most of the stream unread, it has begun to drain.
            while try await bench.isTakingConnections(server) {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        #expect(await process.end() == 0)
        try bench.startServer(server.number)
    }

    private func check(_ bench: ChaosBench, _ load: ServerLoad) async throws {
        #expect(load.problems == [])
        let events = load.count(of: .events) + ChaosBench.longEventCount
        #expect(
            try await bench.sql("SELECT count(*), count(DISTINCT event_id) FROM ledger_entries")
                == "\(events)|\(events)")
        let units = load.count(of: .units)
        #expect(
            try await bench.sql("SELECT count(*) FROM business_units WHERE code LIKE 'drain-%'")
                == "\(units)")
        #expect(
            try await bench.sql(
                "SELECT count(*) FROM audit_log WHERE method LIKE '%/CreateBusinessUnit'")
                == "\(units)")
    }
}

/// What the clients of both servers have done, and when they are to end.
final class ServerLoad: Sendable {
    enum Work: CaseIterable {
        /// Records an event a call.
        case events
        /// Makes a business unit a call.
        case units
        /// Reads the organization.
        case reading
        /// As before, each time by a connection of its own.
        case connecting
    }

    /// One client's work; several at once go on with the same.
    struct Worker: Sendable {
        let number: Int
        let server: Int
        let work: Work
    }

    static let workers = (0..<2).flatMap { server in
        (Work.allCases + [.events, .events, .reading]).map { (server, $0) }
    }.enumerated().map { Worker(number: $0, server: $1.0, work: $1.1) }

    private struct State {
        var counts = [Int](repeating: 0, count: ServerLoad.workers.count)
        var problems: [String] = []
        var isOver = false
    }

    private let state = Mutex(State())

    /// Calls that failed, and answers that should not have come.
    var problems: [String] { state.withLock { $0.problems } }
    var goesOn: Bool { state.withLock { !$0.isOver && $0.problems.isEmpty } }

    /// Calls that were answered to each client of a server.
    func counts(of server: Int) -> [Int] {
        state.withLock { state in
            Self.workers.filter { $0.server == server }.map { state.counts[$0.number] }
        }
    }

    func count(of work: Work) -> Int {
        state.withLock { state in
            Self.workers.filter { $0.work == work }.reduce(0) { $0 + state.counts[$1.number] }
        }
    }

    func answered(_ worker: Worker) { state.withLock { $0.counts[worker.number] += 1 } }

    func failed(_ worker: Worker, _ problem: String) {
        state.withLock { $0.problems.append("\(worker): \(problem)") }
    }

    func end() { state.withLock { $0.isOver = true } }
}

extension ServerLoad.Worker {
    func run(_ bench: ChaosBench, _ load: ServerLoad) async {
        var client = bench.patientClient(of: bench.servers[server])
        var call = 0
        while load.goesOn {
            do {
                try await carryOut("\(number)-\(call)", with: client)
                load.answered(self)
            } catch {
                load.failed(self, "\(error)")
            }
            call += 1
            if work == .connecting {
                await client.close()
                client = bench.patientClient(of: bench.servers[server])
            }
        }
        await client.close()
    }

    private func carryOut(_ name: String, with client: Client) async throws {
        switch work {
        case .events:
            let request = IngestEventsRequest(events: [ChaosBench.event("event-\(name)")])
            let answer = try await send(
                IngestionServiceMethods.IngestEvents.self, request, with: client)
            // A duplicate would have been recorded by a call that nobody answered.
            guard answer.results.count == 1, answer.results[0].outcome == .accepted else {
                throw UnexpectedAnswer(text: "\(answer.results)")
            }
        case .units:
            _ = try await send(
                TenantServiceMethods.CreateBusinessUnit.self,
                CreateBusinessUnitRequest(code: "drain-\(name)", displayName: name), with: client)
        case .reading, .connecting:
            _ = try await send(
                TenantServiceMethods.GetOrganization.self, GetOrganizationRequest(), with: client)
        }
    }

    /// Calls by name: so the client does not know what it could safely repeat.
    private func send<Method: RPCMethod>(
        _: Method.Type, _ request: Method.Request, with client: Client
    ) async throws -> Method.Response {
        try Method.Response(
            serialized: try await client.callRaw(
                method: Method.name, bytes: request.serialized()))
    }

    struct UnexpectedAnswer: Error {
        let text: String
    }
}

extension ChaosBench {
    /// What a stream of them holds is far beyond what client and server keep of one unread, which is less
    /// than 3 MiB.
    static let longEventCount = 2_000

    private static let now = Int64(Foundation.Date().timeIntervalSince1970)

    static func event(_ id: String, tags: [API.Tag] = []) -> Event {
        Event(
            id: id, source: "drain", time: Timestamp(seconds: now - 3600), provider: "openai",
            model: "gpt-6-sol", quantities: [Quantity(quantityClass: "input", amount: 1)],
            tags: tags)
    }

    func recordLongEvents() async throws {
        let tags = (0..<16).map {
            API.Tag(key: "tag-\($0)", value: String(repeating: "x", count: 256))
        }
        let client = patientClient(of: servers[0])
        // A request fits a frame.
        for batch in 0..<4 {
            let numbers = (0..<Self.longEventCount).filter { $0 % 4 == batch }
            let answer = try await client.call(
                IngestionServiceMethods.IngestEvents.self,
                IngestEventsRequest(events: numbers.map { Self.event("long-\($0)", tags: tags) }))
            try #require(answer.results.allSatisfy { $0.outcome == .accepted })
        }
        await client.close()
    }

    /// Begins to read what is recorded, does something, and reads the rest.
    func readLongEvents(
        from server: Server, meanwhile body: () async throws -> Void
    ) async throws {
        try await patientClient(of: server).serverStreaming(
            IngestionServiceMethods.ExportEntries.self,
            ExportEntriesRequest(from: Self.day(before: 1), through: Self.day(before: 0))
        ) { parts in
            var count = 0
            var end: EntryExportEnd?
            for try await part in parts {
                switch part.part {
                case .entries(let entries):
                    if count == 0 { try await body() }
                    count += entries.entries.count
                case .end(let last): end = last
                case nil: break
                }
            }
            #expect(end.map { Int($0.entryCount) } == count)
            #expect(count >= Self.longEventCount)
        }
    }

    private static func day(before days: Int64) -> API.Date {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.year, .month, .day],
            from: Foundation.Date(timeIntervalSince1970: Double(now - days * 86_400)))
        return API.Date(
            year: Int32(parts.year ?? 0), month: Int32(parts.month ?? 0),
            day: Int32(parts.day ?? 0))
    }

    func isTakingConnections(_ server: Server) async throws -> Bool {
        do {
            _ = try await client(of: server).call(HealthServiceMethods.Check.self, CheckRequest())
            return true
        } catch let error as TallyError {
            guard error.code == .unavailable else { throw error }
            return false
        }
    }
}
