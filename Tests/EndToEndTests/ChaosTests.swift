import API
import Core
import Foundation
import Synchronization
import TallyClient
import TestSupport
import Testing

/// Rows 10, 11, 12 and 15: whatever dies meanwhile, what was acknowledged is stored, once.
@Suite struct ChaosTests {
    /// Two servers on one database; four senders bring the same events to the same roll-ups, each in an order of
    /// its own and in calls of random sizes, and give up calls at random; the servers and PostgreSQL are killed
    /// by turns. `TALLY_CHAOS_EVENTS` makes it longer.
    @Test(.timeLimit(.minutes(15))) func acknowledgedIsStoredOnceWhateverDies() async throws {
        let count =
            ProcessInfo.processInfo.environment["TALLY_CHAOS_EVENTS"].flatMap { Int($0) } ?? 2_400
        let bench = try await ChaosBench.start()
        do {
            let ledger = ChaosLedger(count: count)
            try await withThrowingTaskGroup { group in
                for sender in 0..<4 {
                    group.addTask {
                        try await ChaosSender(number: sender, bench: bench, ledger: ledger).run()
                    }
                }
                group.addTask { try await kill(bench, while: ledger) }
                try await group.waitForAll()
            }
            try await check(bench, ledger)
        } catch {
            await bench.stop()
            throw error
        }
        await bench.stop()
    }

    /// Kills again and again as the work goes on, and starts at once what was killed.
    private func kill(_ bench: ChaosBench, while ledger: ChaosLedger) async throws {
        var random = SeededRandom(seed: 20_261_122)
        let killCount = 9
        for number in 1...killCount {
            // Whatever the machine has done by then, there is more to do.
            while ledger.acknowledgedCount < ledger.count * number / (killCount + 1) {
                guard ledger.problems.isEmpty else { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...30, using: &random)))
            if number.isMultiple(of: 3) {
                try await bench.killDatabase()
            } else {
                try await bench.killServer(number % 2)
            }
        }
    }

    private func check(_ bench: ChaosBench, _ ledger: ChaosLedger) async throws {
        #expect(ledger.problems == [])
        #expect(ledger.acceptedTwice == [])
        #expect(ledger.acknowledgedCount == ledger.count)
        // 2 USD for a million tokens: 2,000,000 picos each.
        let tokens = (0..<ledger.count).reduce(0) { $0 + ChaosLedger.tokens(of: $1) }
        #expect(
            try await bench.sql(
                "SELECT count(*), count(DISTINCT event_id), sum(amount_picos), sum(input) FROM ledger_entries"
            )
                == "\(ledger.count)|\(ledger.count)|\(tokens * 2_000_000)|\(tokens)")
        #expect(try await bench.sql("SELECT count(*) FROM idempotency_keys") == "\(ledger.count)")
        #expect(
            try await bench.sql(
                """
                SELECT count(*) FROM (
                    SELECT date_bin('15 minutes', event_time, '1970-01-01Z') AS bucket, dimension_set_id,
                        sum(amount_picos) AS picos, sum(input) AS input, count(*) AS entries
                    FROM ledger_entries GROUP BY 1, 2) AS e
                FULL JOIN (
                    SELECT bucket_start AS bucket, dimension_set_id, amount_picos AS picos, input, entries
                    FROM current_usage_rollups) AS r USING (bucket, dimension_set_id)
                WHERE e.picos IS DISTINCT FROM r.picos OR e.input IS DISTINCT FROM r.input
                    OR e.entries IS DISTINCT FROM r.entries
                """) == "0")
        #expect(try await bench.sql("SELECT count(*) > 1 FROM current_usage_rollups") == "t")
        #expect(try bench.databaseLog().contains("deadlock detected") == false)
    }
}

/// What is sent, and what was answered.
final class ChaosLedger: Sendable {
    private struct State {
        var acknowledged: Set<Int> = []
        var accepted: Set<Int> = []
        var acceptedTwice: [Int] = []
        var problems: [String] = []
    }

    let count: Int
    private let state = Mutex(State())
    private let start = Int64(Date().timeIntervalSince1970) - 3600

    init(count: Int) {
        self.count = count
    }

    var acknowledgedCount: Int { state.withLock { $0.acknowledged.count } }
    var acceptedTwice: [Int] { state.withLock { $0.acceptedTwice } }
    /// Answers that should not have come.
    var problems: [String] { state.withLock { $0.problems } }

    static func tokens(of number: Int) -> Int { number + 1 }

    func event(_ number: Int) -> Event {
        Event(
            id: "e\(number)", source: "chaos",
            time: Timestamp(seconds: start - Int64(number % 2) * 900),
            provider: "openai", model: "gpt-6-sol",
            quantities: [
                Quantity(quantityClass: "input", amount: Int64(Self.tokens(of: number)))
            ],
            team: "team-\(number % 3)")
    }

    func answered(_ numbers: ArraySlice<Int>, _ results: [EventResult]) {
        state.withLock { state in
            guard results.count == numbers.count else {
                state.problems.append("\(results.count) results of \(numbers.count) events")
                return
            }
            for (number, result) in zip(numbers, results) {
                switch result.outcome {
                case .accepted:
                    state.acknowledged.insert(number)
                    if !state.accepted.insert(number).inserted {
                        state.acceptedTwice.append(number)
                    }
                case .duplicate: state.acknowledged.insert(number)
                default: state.problems.append("\(number): \(result.reason) \(result.description)")
                }
            }
        }
    }

    /// A call failed; only what is away may be the reason.
    func failed(_ error: any Error, isForGood: Bool) {
        switch error {
        case _ where isForGood: state.withLock { $0.problems.append("for good: \(error)") }
        case is CancellationError: return
        case let error as TallyError
        where [.unavailable, .cancelled, .deadlineExceeded].contains(error.code):
            return
        // Given up before it had begun.
        case let error as TallyError where error.reason == "CLIENT_CLOSED": return
        default: state.withLock { $0.problems.append("\(error)") }
        }
    }
}

/// Sends all events in an order of its own until each is acknowledged to it.
private struct ChaosSender {
    let number: Int
    let bench: ChaosBench
    let ledger: ChaosLedger

    func run() async throws {
        var random = SeededRandom(seed: UInt64(number) + 1)
        var waiting = Array(0..<ledger.count).shuffled(using: &random)[...]
        var clients = bench.servers.map { bench.client(of: $0) }
        var failuresInARow = 0
        while !waiting.isEmpty, ledger.problems.isEmpty {
            let numbers = waiting.prefix(Int.random(in: 1...25, using: &random))
            let place = Int.random(in: 0..<clients.count, using: &random)
            let isGivenUp = Int.random(in: 0..<10, using: &random) == 0
            let client = clients[place]
            let call = Task {
                try await client.call(
                    IngestionServiceMethods.IngestEvents.self,
                    IngestEventsRequest(events: numbers.map(ledger.event)))
            }
            if isGivenUp {
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...8, using: &random)))
                call.cancel()
                // Its connection goes, too, in the middle of whatever it carries.
                await client.close()
                clients[place] = bench.client(of: bench.servers[place])
            }
            do {
                ledger.answered(numbers, try await call.value.results)
                waiting = waiting.dropFirst(numbers.count)
                failuresInARow = 0
            } catch {
                failuresInARow += 1
                // Some minutes, each of which something should be up again.
                ledger.failed(error, isForGood: failuresInARow > 10_000)
                // Others first: what failed comes again later, among others.
                waiting = (waiting.dropFirst(numbers.count) + numbers)[...]
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        for client in clients { await client.close() }
    }
}
