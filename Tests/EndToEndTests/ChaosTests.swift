import Foundation
import TestSupport
import Testing

/// Rows 10, 11, 12 and 15: whatever dies meanwhile, what was acknowledged is stored, once.
@Suite struct ChaosTests {
    /// Two servers on one database; four senders bring the same events of two organizations to the same roll-ups,
    /// each in an order of its own and in calls of random sizes, and give up calls at random; two of them correct and
    /// reverse what was acknowledged to them. The servers and PostgreSQL are killed by turns as the work goes on, and at
    /// random times besides.
    ///
    /// Without more, it takes 10 to 30 s. `TALLY_CHAOS_EVENTS=30000` makes it go on for three minutes or more, and kill
    /// some 80 times. It prints how often what was killed.
    @Test(.timeLimit(.minutes(30))) func acknowledgedIsStoredOnceWhateverDies() async throws {
        let count =
            ProcessInfo.processInfo.environment["TALLY_CHAOS_EVENTS"].flatMap { Int($0) } ?? 2_400
        let bench = try await ChaosBench.start(slugs: ChaosLedger.slugs)
        do {
            let ledger = ChaosLedger(count: count / ChaosLedger.slugs.count)
            let start = ContinuousClock.now
            try await withThrowingTaskGroup { group in
                for sender in 0..<4 {
                    group.addTask {
                        try await ChaosSender(
                            number: sender, bench: bench, ledger: ledger, changesEvents: sender < 2
                        ).run()
                    }
                }
                group.addTask { try await kill(bench, while: ledger) }
                try await group.waitForAll()
            }
            print("\(ledger.workCount) steps took \(ContinuousClock.now - start)")
            try await check(bench, ledger)
        } catch {
            await bench.stop()
            throw error
        }
        await bench.stop()
    }

    /// Kills again and again, and starts at once what was killed.
    private func kill(_ bench: ChaosBench, while ledger: ChaosLedger) async throws {
        var random = SeededRandom(seed: 20_261_122)
        let killCount = 9
        var (number, atRandom, ofDatabase) = (0, 0, 0)
        func pause() -> Duration { .milliseconds(Int.random(in: 500...4_000, using: &random)) }
        var next = ContinuousClock.now + pause()
        while number < killCount || ledger.acknowledgedCount < ledger.workCount {
            guard ledger.problems.isEmpty else { return }
            // Whatever the machine has done by then, there is more to do.
            if number < killCount,
                ledger.acknowledgedCount >= ledger.workCount * (number + 1) / (killCount + 1)
            {
                number += 1
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...30, using: &random)))
                if number.isMultiple(of: 3) {
                    ofDatabase += 1
                    try await bench.killDatabase()
                } else {
                    try await bench.killServer(number % 2)
                }
            } else if ContinuousClock.now >= next {
                atRandom += 1
                if Int.random(in: 0..<5, using: &random) == 0 {
                    ofDatabase += 1
                    try await bench.killDatabase()
                } else {
                    try await bench.killServer(Int.random(in: 0..<2, using: &random))
                }
                next = ContinuousClock.now + pause()
            } else {
                try await Task.sleep(for: .milliseconds(10))
            }
        }
        print("\(number + atRandom) kills, \(ofDatabase) of the database, \(atRandom) at random")
    }

    private func check(_ bench: ChaosBench, _ ledger: ChaosLedger) async throws {
        #expect(ledger.problems == [])
        #expect(ledger.doneTwice == [])
        #expect(ledger.acknowledgedCount == ledger.workCount)
        let slugs = ChaosLedger.slugs
        let eventCount = ledger.count * slugs.count
        #expect(try await bench.sql("SELECT count(*) FROM idempotency_keys") == "\(eventCount)")
        for (index, slug) in slugs.enumerated() {
            let organization = try await bench.sql(
                "SELECT id FROM organizations WHERE slug = '\(slug)'")
            let sums = ledger.sums(of: index)
            #expect(
                try await bench.sql(
                    """
                    SELECT count(DISTINCT event_id) FILTER (WHERE root_entry_id IS NULL),
                        count(*) FILTER (WHERE kind = 6), count(*) FILTER (WHERE kind = 7),
                        sum(input), sum(cache_read), sum(output), sum(amount_picos)
                    FROM ledger_entries WHERE org_id = '\(organization)'
                    """) == "\(sums)")
            #expect(
                try await bench.sql(
                    "SELECT count(*) FROM ledger_entries WHERE org_id = '\(organization)'")
                    == "\(sums.events + sums.corrections + sums.reversals)")
            let audit = ChaosAudit(databaseURL: bench.databaseURL)
            #expect(try await audit.differences(of: organization) == [])
            // What the verifier compared was there: two quarters of three days in two months or three.
            let tokens = "sum(input + cache_read + output)"
            for (table, rows, tokens) in [
                ("current_usage_rollups", 30, tokens), ("usage_rollups_daily", 15, tokens),
                ("usage_rollups_monthly", 10, "sum(tokens)"),
            ] {
                let found = try await bench.sql(
                    """
                    SELECT count(*) >= \(rows), \(tokens), sum(amount_picos)
                    FROM \(table) WHERE org_id = '\(organization)'
                    """)
                #expect(found == "t|\(sums.usage.tokens)|\(sums.usage.picos)", "\(table)")
            }
        }
        #expect(try bench.databaseLog().contains("deadlock detected") == false)
    }
}
