import API
import ArgumentParser
import BenchmarkMeasure
import FoundationEssentials
import TallyClient

/// Asks for the spend of a span of days by a dimension, one call after the other.
struct SummarizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summarize", abstract: "Ask for the spend of a span of days, again and again.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Which of the organizations asks.")
    var recipient = 0

    @Option(help: "First day, YYYY-MM-DD.")
    var from: String

    @Option(help: "Last day.")
    var through: String

    @Option(help: "What the spend is told apart by.")
    var breakdown = "project"

    @Option(help: "Calls that are measured, after a tenth as many that are not.")
    var calls = 300

    func run() async throws {
        let folder = URL(filePath: server.folder)
        let recipients = try JSONDecoder().decode(
            Recipients.self, from: Data(contentsOf: folder.appending(path: "recipients.json")))
        let client = server.client(token: recipients.tokens[recipient])
        let request = UsageSummaryRequest(
            from: try Self.date(from), through: try Self.date(through), basis: .metered,
            breakdowns: [breakdown])
        var latencies = LatencyHistogram()
        var answer = UsageSummaryResponse()
        for number in 0..<(calls + calls / 10) {
            let start = ContinuousClock.now
            answer = try await client.call(IngestionServiceMethods.UsageSummary.self, request)
            guard number >= calls / 10 else { continue }
            latencies.record(
                nanoseconds: UInt64(start.duration(to: .now) / .nanoseconds(1)))
        }
        await client.close()
        print(
            "row=summary requests=\(answer.total?.requests ?? 0) groups=\(answer.rows.count) "
                + "p50_us=\(Double(latencies.percentile(0.5)) / 1000) "
                + "p99_us=\(Double(latencies.percentile(0.99)) / 1000)")
    }

    private static func date(_ text: String) throws -> API.Date {
        let parts = text.split(separator: "-").compactMap { Int32($0) }
        guard parts.count == 3 else { throw ValidationError("Not a date: \(text)") }
        return API.Date(year: parts[0], month: parts[1], day: parts[2])
    }
}
