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

    private static let callEventCount = 10_000

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
            for first in stride(from: 0, to: maker.eventCount, by: Self.callEventCount) {
                let batch = (first..<min(maker.eventCount, first + Self.callEventCount))
                    .map { maker.event($0, of: number) }
                SentCall(
                    recipient: number, eventCount: batch.count,
                    request: IngestEventsRequest(events: batch).serialized()
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
}
