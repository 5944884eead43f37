import API
import Core
import Domain
import IngestionService
import Ledger
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import ConnectionService
@testable import Worker

/// A provider that tells the same usage by more dimensions than before, as where a newer version of this program asks for
/// them.
@Suite struct ChangedDimensionTests {
    /// What one million of input, and of output, costs.
    private static let rates: (input: Int64, output: Int64) = (3, 15)
    /// From where on the second pull reads again: three days before the end of the first, by whole hours.
    private static let rereadFrom = "2026-11-17T12:00:00Z"

    private static func price(_ bench: WorkerBench) async throws {
        let file = """
            provider,model_key,mode,input,cache_read,cache_write_5m,cache_write_1h,output,\
            tier_threshold_tokens,input_above,cache_read_above,cache_write_above,output_above,\
            batch_input,batch_output,flex_input,flex_output,priority_input,priority_output,notes,\
            date,source
            anthropic,gpt-6-sol,chat,\(rates.input),,,,\(rates.output),,,,,,,,,,,,,2026-11-20,test

            """
        let prices = PriceImport(bytes: Array(file.utf8), source: "test")
        _ = try await bench.pool.transaction(TransactionOptions(role: "tally_operator")) {
            try await PriceCatalogueImporter().importPrices(
                prices, in: $0, now: try Instant(rfc3339: WorkerBench.now))
        }
    }

    /// What a row becomes that was of all: of somebody who is signed in, of a service account, and what was fast.
    private static func parts(of row: FakeProvider.Usage) -> [FakeProvider.Usage] {
        var (person, service, fast) = (row, row, row)
        (person.account, person.speed) = ("user_1", "standard")
        (service.serviceAccount, service.speed) = ("svac_1", "standard")
        fast.speed = "fast"
        (person.input, person.output) = (row.input / 2, row.output / 3)
        (service.input, service.output) = (row.input / 5, row.output / 7)
        fast.input -= person.input + service.input
        fast.output -= person.output + service.output
        return [person, service, fast]
    }

    /// By the catalogue, as roll-ups and entries say, which must agree.
    private static func metered(_ bench: WorkerBench) async throws -> [[String?]] {
        let rollups = try await bench.texts(
            "SELECT sum(amount_picos)::text FROM current_usage_rollups WHERE kind = 2")
        let entries = try await bench.texts(
            "SELECT sum(amount_picos)::text FROM ledger_entries WHERE source NOT LIKE '%/costs'")
        #expect(rollups == entries)
        return rollups
    }

    @Test func rowsThatAreToldByMoreAreNotCountedTwice() async throws {
        let provider = FakeProvider(
            .random(
                from: try Instant(rfc3339: "2026-11-10T00:00:00Z"),
                through: try Instant(rfc3339: "2026-11-20T12:00:00Z"), seed: 71))
        let told = provider.state.withLock { $0 }
        let expected = WorkerBench.Totals(
            input: told.totalInput, output: told.totalOutput,
            picos: String(try told.totalPicos(powerOfTen: -2)))
        // A millionth of a unit is a million picos.
        let picos =
            (Self.rates.input * told.totalInput + Self.rates.output * told.totalOutput) * 1_000_000
        try await WorkerBench.with(provider) { bench in
            try await Self.price(bench)
            let id = try await bench.connect(.anthropic)
            #expect(try await bench.readOnce())
            #expect(try await bench.totals() == expected)
            #expect(try await Self.metered(bench) == [["\(picos)"]])
            let last = try #require(
                try await bench.texts("SELECT max(id)::text FROM dimension_sets").first?[0])

            provider.state.withLock { state in
                state.usage = state.usage.mapValues { $0.flatMap(Self.parts) }
            }
            #expect(try await bench.readOnce(now: "2026-11-20T14:00:00Z"))
            #expect(try await bench.totals() == expected)
            #expect(try await Self.metered(bench) == [["\(picos)"]])
            // What is read again is told by more, all of it, and what is older as it was.
            let rereadFrom = try Instant(rfc3339: Self.rereadFrom).seconds
            let (older, again) = told.usage.reduce(into: (Int64(0), Int64(0))) { sums, hour in
                let input = hour.value.reduce(0) { $0 + $1.input }
                if hour.key < rereadFrom { sums.0 += input } else { sums.1 += input }
            }
            #expect(older > 0 && again > 0)
            let sums = """
                SELECT (event_time >= '\(Self.rereadFrom)')::text, (dimension_set_id > \(last))::text,
                    sum(input)::text
                FROM ledger_entries WHERE source NOT LIKE '%/costs'
                GROUP BY 1, 2 HAVING sum(input) <> 0 ORDER BY 1
                """
            let split = [["false", "false", "\(older)"], ["true", "true", "\(again)"]]
            #expect(try await bench.texts(sums) == split)
            let sets = try await bench.texts(
                """
                SELECT DISTINCT (octet_length(user_key) > 0)::text, tags->>'service_account', tags->>'speed'
                FROM dimension_sets WHERE id > \(last) ORDER BY 1, 2, 3
                """)
            #expect(
                sets == [
                    ["false", "svac_1", nil], ["false", nil, "fast"], ["true", nil, nil],
                ])

            // Once is enough.
            let entries = "SELECT count(*)::text FROM ledger_entries"
            let count = try await bench.texts(entries)
            #expect(try await bench.readOnce(now: "2026-11-20T14:10:00Z"))
            #expect(try await bench.texts(entries) == count)
            #expect(try await bench.texts(sums) == split)

            // Whoever wants what is older by more, too, asks for it.
            _ = try await bench.service.backfillConnection(
                BackfillConnectionRequest(
                    id: id.text, from: Timestamp(try Instant(rfc3339: "2026-11-10T00:00:00Z")),
                    through: Timestamp(try Instant(rfc3339: "2026-11-19T00:00:00Z"))),
                bench.call)
            #expect(try await bench.readOnce(now: "2026-11-20T14:20:00Z"))
            #expect(
                try await bench.texts(sums) == [
                    ["false", "true", "\(older)"], ["true", "true", "\(again)"],
                ])
            #expect(try await bench.totals() == expected)
            #expect(try await Self.metered(bench) == [["\(picos)"]])
        }
    }
}
