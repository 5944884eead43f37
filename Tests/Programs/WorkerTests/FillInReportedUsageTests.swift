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

    /// Where a look is, is stored with each part, also with one that changes nothing, and each run ends after so
    /// many of either.
    @Test func aLookGoesOnBehindTheRowsItHasSeen() async throws {
        try await Bench.with { bench in
            let connection = try await bench.worker.connect()
            // By their times the four that never get a price come first.
            let rows = Self.rows(connection).filter { $0.dimensions.model != "gpt-6-sol" }
                .enumerated().map { number, row in
                    let isLate = row.dimensions.model == "late-a"
                    return ReportRow(
                        time: Bench.now.advanced(bySeconds: Int64(number - (isLate ? 9 : 99)) * 60),
                        dimensions: row.dimensions, figures: row.figures)
                }
            try await bench.report(rows, of: connection, by: bench.calculator(of: bench.first))
            try await bench.price(["gpt-6-sol": ("4", "20"), "late-a": ("3", "0")], day: 21)
            _ = try await bench.look()
            let filler = bench.filler(eventLimit: 1, partsMax: 1)
            var places: [[String?]] = []
            for _ in rows {
                #expect(
                    try await filler.run(bench.claimed(bench.first), JobControl()) == .interrupted)
                places += try await bench.worker.texts(
                    "SELECT extract(epoch FROM report_time)::bigint, after_report FROM price_looks")
            }
            // One row a run, each once.
            #expect(Set(places).count == rows.count)
            #expect(try await bench.amounts(bench.first).values.count { $0 == "unpriced" } == 4)
            try await bench.fillIn(bench.first, eventLimit: 1, partsMax: 1)
            #expect(
                try await bench.worker.texts(
                    "SELECT report_time IS NULL, after_report, looks FROM price_looks")
                    == [["t", "-1", "1"]])
            #expect(try await bench.corrections(bench.first).count == 4)
            #expect(try await bench.disagreements() == [])
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
