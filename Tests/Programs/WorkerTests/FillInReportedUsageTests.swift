import Core
import Domain
import Jobs
import TestSupport
import Testing

@testable import Ledger
@testable import Worker

/// Row 7: rows of providers' usage reports get the prices that come after them by themselves, too.
@Suite struct FillInReportedUsageTests {
    private typealias Bench = LatePriceBench

    /// Rows of two months and two models that have no price yet, and of one that has.
    private static func rows(_ connection: ConnectionID) -> [ReportRow] {
        (0..<12).map { number in
            ReportRow(
                time: Bench.now.advanced(bySeconds: -Int64(number) * 5 * 86_400),
                dimensions: DimensionSet(
                    provider: "openai", model: ["late-a", "gpt-6-sol", "never"][number % 3],
                    serviceTier: "standard", source: "openai-usage", connectionID: connection),
                figures: .usage(
                    UsageQuantities([
                        Quantity(.input, 1_000_000 * Int64(number + 1)), Quantity(.output, 7),
                    ]), requests: 1, state: .reported))
        }
    }

    /// Whatever a part holds, and however often a run is broken off: each row comes once to what it costs.
    @Test(arguments: [(1, 1), (1, 200), (1_000, 200)])
    func reportedUsageIsFilledIn(limit: Int, partsMax: Int) async throws {
        try await Bench.with { bench in
            let connection = try await bench.worker.connect()
            let rows = Self.rows(connection)
            try await bench.report(rows, of: connection, by: bench.calculator(of: bench.first))
            #expect(try await bench.amounts(bench.first).values.count { $0 == "unpriced" } == 8)
            try await bench.price(["gpt-6-sol": ("4", "20"), "late-a": ("3", "0")], day: 21)
            #expect(try await bench.look().contains(bench.first.text))
            try await bench.fillIn(bench.first, eventLimit: limit, partsMax: partsMax)
            // 1,000,000 × (n + 1) × 3 of a millionth; what had a price keeps it.
            let late = [0, 3, 6, 9].map { "\(3_000_000_000_000 * ($0 + 1))" }
            let priced = [1, 4, 7, 10].map { "\(2_000_000_000_000 * ($0 + 1) + 70_000_000)" }
            let unpriced = [String](repeating: "unpriced", count: 4)
            #expect(
                try await bench.amounts(bench.first).values.sorted()
                    == (late + priced + unpriced).sorted())
            #expect(try await bench.corrections(bench.first).count == 4)
            #expect(try await bench.disagreements() == [])
            #expect(bench.logLines.contains { $0.contains("report_rows=") })
            let entries = try await bench.entries(bench.first)
            try await bench.letTimePass()
            #expect(
                try await bench.fillIn(bench.first, eventLimit: limit, partsMax: partsMax)
                    == .completed)
            #expect(try await bench.entries(bench.first) == entries)
        }
    }
}
