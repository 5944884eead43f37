import API
import ArgumentParser
import FoundationEssentials
import TallyClient
import Wire

/// Sends prepared calls, one after the other on each connection, and prints how long it took.
struct SendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "send", abstract: "Send the events of the files.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Connections, each with a file of its own.")
    var connections = 4

    func run() async throws {
        let folder = URL(filePath: server.folder)
        let recipients = try JSONDecoder().decode(
            Recipients.self, from: Data(contentsOf: folder.appending(path: "recipients.json")))
        let files = try (0..<connections).map { number in
            (
                client: server.client(token: recipients.tokens[0]),
                calls: try SentCall.load(folder.appending(path: "calls-\(number)"))
            )
        }
        for file in files {
            _ = try await file.client.call(HealthServiceMethods.Check.self, .init())
        }
        let start = ContinuousClock.now
        let count = try await withThrowingTaskGroup(of: Int.self) { group in
            for file in files {
                group.addTask {
                    try await Self.send(file.calls, by: file.client, to: recipients.tokens)
                }
            }
            return try await group.reduce(0, +)
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        for file in files { await file.client.close() }
        print("row=ingest events=\(count) seconds=\(seconds)")
    }

    /// - Returns: How many events were accepted: all of them.
    private static func send(
        _ calls: [SentCall], by client: Client, to tokens: [String]
    ) async throws -> Int {
        var count = 0
        // What the answer must be, by the events of a call: what is measured beside it is not slowed by making it.
        var accepted: [Int: [UInt8]] = [:]
        for call in calls {
            let answer = try await client.callRaw(
                method: IngestionServiceMethods.IngestEvents.name, bytes: call.request,
                options: CallOptions(metadata: [
                    "authorization": "Bearer \(tokens[call.recipient])"
                ]))
            let expected = accepted[call.eventCount] ?? Self.accepted(call.eventCount)
            accepted[call.eventCount] = expected
            guard answer == expected else {
                let results = try IngestEventsResponse(serialized: answer).results
                let other = results.first { $0.outcome != .accepted || $0.unpriced }
                throw ValidationError("An event was not accepted, or has no price: \(other as Any)")
            }
            count += call.eventCount
        }
        return count
    }

    /// The answer where every event is accepted and priced; comparing it costs less than reading it.
    private static func accepted(_ count: Int) -> [UInt8] {
        IngestEventsResponse(
            results: [EventResult](repeating: EventResult(outcome: .accepted), count: count)
        ).serialized()
    }
}
