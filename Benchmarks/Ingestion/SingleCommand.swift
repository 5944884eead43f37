import API
import ArgumentParser
import BenchmarkMeasure
import FoundationEssentials
import TallyClient

/// Sends events of one organization, one to a call, many calls at once.
struct SingleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "single", abstract: "Send events one to a call.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Calls in flight.")
    var inFlight = 64

    @Option(help: "Seconds that are measured, after one that is not.")
    var seconds = 4.0

    @Option(help: "Told apart from events of other runs.")
    var round = 1

    func run() async throws {
        let folder = URL(filePath: server.folder)
        let recipients = try JSONDecoder().decode(
            Recipients.self, from: Data(contentsOf: folder.appending(path: "recipients.json")))
        let client = server.client(token: recipients.tokens[0])
        let maker = EventMaker(
            setCount: 1000, eventCount: 1_000_000,
            start: Int64(Date().timeIntervalSince1970) - 3600, seconds: 3600)
        let begin = ContinuousClock.now.advanced(by: .seconds(1))
        let end = begin.advanced(by: .seconds(seconds))
        let round = round
        let (latencies, sentCount) = try await withThrowingTaskGroup(
            of: (latencies: LatencyHistogram, sentCount: Int).self
        ) { group in
            for lane in 0..<inFlight {
                group.addTask {
                    var latencies = LatencyHistogram()
                    var sentCount = 0
                    var number = lane * 10_000
                    while true {
                        var event = maker.event(number, of: 0)
                        event.id = "single-\(round)-\(number)"
                        number += 1
                        let start = ContinuousClock.now
                        let answer = try await client.call(
                            IngestionServiceMethods.IngestEvents.self,
                            IngestEventsRequest(events: [event]))
                        let now = ContinuousClock.now
                        sentCount += 1
                        guard answer.results.map(\.outcome) == [.accepted] else {
                            throw ValidationError("An event was not accepted: \(answer)")
                        }
                        if now > end { return (latencies, sentCount) }
                        if start >= begin {
                            latencies.record(
                                nanoseconds: UInt64(start.duration(to: now) / .nanoseconds(1)))
                        }
                    }
                }
            }
            return try await group.reduce(into: (LatencyHistogram(), 0)) {
                $0.0.merge($1.latencies)
                $0.1 += $1.sentCount
            }
        }
        await client.close()
        print(
            "row=single events=\(latencies.count) sent=\(sentCount) seconds=\(seconds) "
                + "p50_us=\(Double(latencies.percentile(0.5)) / 1000) "
                + "p99_us=\(Double(latencies.percentile(0.99)) / 1000)")
    }
}
