import API
import ArgumentParser
import FoundationEssentials
import TallyClient
import Wire

/// Makes organizations, and writes their events twice: as the calls that send them, and as text for
/// `COPY`. What is measured later makes nothing.
struct PrepareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare", abstract: "Make organizations, and write their events to files.")

    @OptionGroup var server: ServerOptions

    @Option(help: "Token of an operator.")
    var operatorToken: String

    @Option(help: "Organizations.")
    var organizations = 20

    @Option(help: "Events of all organizations.")
    var events = 1_000_000

    @Option(help: "Sets of dimensions of all organizations.")
    var sets = 20_000

    @Option(help: "Hours that the events are spread over; the last was just now.")
    var hours = 1

    @Option(help: "Connections that will send them.")
    var connections = 4

    @Flag(help: "Events bring OpenAI's usage object instead of quantities.")
    var usageObjects = false

    @Option(help: "Attribution rules of each organization, which hold for all its events.")
    var rules = 0

    /// With usage objects, 10,000 would not fit a request of 4 MiB.
    private var callEventCount: Int { usageObjects ? 5000 : 10_000 }

    func run() async throws {
        let platform = server.client(token: operatorToken)
        let seconds = Int64(hours) * 3600
        let maker = EventMaker(
            setCount: sets / organizations, eventCount: events / organizations,
            start: Int64(Date().timeIntervalSince1970) - seconds, seconds: seconds)
        var recipients = Recipients()
        var calls = [Data](repeating: Data(), count: connections)
        let folder = URL(filePath: server.folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var lines = Data()
        for number in 0..<organizations {
            let made = try await platform.call(
                TenantServiceMethods.CreateOrganization.self,
                CreateOrganizationRequest(
                    slug: "org-\(number)", displayName: "Organization \(number)",
                    timeZone: "Europe/Berlin", ownerEmail: "owner@org-\(number).example"))
            recipients.tokens.append(made.ownerToken)
            let id = made.organization?.id ?? ""
            try await setRules(by: made.ownerToken, from: maker.start)
            for first in stride(from: 0, to: maker.eventCount, by: callEventCount) {
                let batch = (first..<min(maker.eventCount, first + callEventCount))
                    .map { maker.event($0, of: number) }
                let sent = usageObjects ? batch.map(EventMaker.withUsageObject) : batch
                SentCall(
                    recipient: number, eventCount: batch.count,
                    request: IngestEventsRequest(events: sent).serialized()
                ).append(to: &calls[number % connections])
                for event in batch {
                    lines += Data(EventMaker.line(event, organization: id).utf8)
                }
            }
        }
        await platform.close()
        try lines.write(to: folder.appending(path: "events.tsv"))
        for (number, data) in calls.enumerated() {
            try data.write(to: folder.appending(path: "calls-\(number)"))
        }
        try JSONEncoder().encode(recipients).write(to: folder.appending(path: "recipients.json"))
        print(EventMaker.attributes.joined(separator: ", "))
    }
    private func setRules(by token: String, from start: Int64) async throws {
        guard rules > 0 else { return }
        let client = server.client(token: token)
        _ = try await client.call(
            IngestionServiceMethods.SetAttributionRules.self,
            SetAttributionRulesRequest(
                rules: EventMaker.rules(rules), effectiveTime: Timestamp(seconds: start - 60)))
        await client.close()
    }
}
