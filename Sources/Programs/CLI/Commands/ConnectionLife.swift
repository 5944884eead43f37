import API
import ArgumentParser
import Domain

/// What connections are the record of, as the command line has it.
enum RecordOfArgument: String, ExpressibleByArgument, CaseIterable {
    case billing, attribution, both

    var record: RecordOf {
        switch self {
        case .billing: .billing
        case .attribution: .attribution
        case .both: .both
        }
    }

    static func text(_ record: RecordOf) -> String {
        allCases.first { $0.record == record }?.rawValue ?? record.name ?? "\(record.rawValue)"
    }

    static let help: ArgumentHelp =
        "billing (its cost report is pulled), attribution (its usage is) or both."
}

/// A label as the command line has it: KEY=VALUE.
struct LabelArgument: ExpressibleByArgument, Equatable {
    let label: Label

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return nil }
        label = Label(key: String(parts[0]), value: String(parts[1]))
    }

    static func text(_ labels: [Label]) -> String {
        labels.map { $0.value.isEmpty ? $0.key : "\($0.key)=\($0.value)" }.joined(separator: " ")
    }
}

struct ConnectionUpdate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change a connection's name, labels, or what it records.",
        discussion: """
            Only what is given changes. Labels take the place of those that are there.
            Reports that are not pulled any more keep what was read of them.

            Examples:
              tally connection update OpenAI --name "OpenAI research" --label team=ml
              tally connection update Anthropic --record-of attribution
              tally connection update OpenAI --no-labels
            """)

    @Argument(help: "The connection's name or id, from tally connection list.")
    var connection: String
    @Option(help: "Another name for people, unique within the organization.")
    var name: String?
    @Option(name: .customLong("label"), help: "KEY=VALUE; several options for several, up to 20.")
    var labels: [LabelArgument] = []
    @Flag(help: "Take all labels away.")
    var noLabels = false
    @Option(help: RecordOfArgument.help)
    var recordOf: RecordOfArgument?
    @Option(help: "The connection's etag as it was read, against lost updates. Default: any.")
    var etag = ""
    @OptionGroup var output: FormatOption

    /// The fields that are given, by their names in the contract.
    var mask: [String] {
        let given: [(String, Bool)] = [
            ("display_name", name != nil), ("labels", noLabels || !labels.isEmpty),
            ("record_of", recordOf != nil),
        ]
        return given.filter(\.1).map(\.0)
    }

    func validate() throws {
        guard !mask.isEmpty else { throw ValidationError("Give at least one option to change.") }
        guard !noLabels || labels.isEmpty else {
            throw ValidationError("Give either --label or --no-labels.")
        }
    }

    func run() async throws {
        let changed = try await Session.run { session in
            let id = try await ConnectionName.id(of: connection, session)
            return try await session.write(
                ConnectionServiceMethods.UpdateConnection.self,
                UpdateConnectionRequest(
                    id: id, displayName: name ?? "", labels: labels.map(\.label),
                    recordOf: recordOf?.record ?? .unspecified, updateMask: mask, etag: etag))
        }
        try output.print(changed, table: { ConnectionList.table([changed]) }) {
            ConnectionList.rows([changed])
        }
    }
}

struct ConnectionPause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Stop pulling a connection until it is resumed.",
        discussion: """
            What was read stays. A pull under way writes nothing more.

            Example:
              tally connection pause OpenAI
            """)

    @Argument(help: "The connection's name or id, from tally connection list.")
    var connection: String

    func run() async throws {
        let changed = try await Session.run { session in
            let id = try await ConnectionName.id(of: connection, session)
            return try await session.write(
                ConnectionServiceMethods.PauseConnection.self, PauseConnectionRequest(id: id))
        }
        StandardOutput.say("\(Table.printable(changed.displayName)) (\(changed.id)) is paused.")
    }
}

struct ConnectionResume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Pull a paused connection again, at once.",
        discussion: """
            It goes on where it was; nothing of the time between is missing.

            Example:
              tally connection resume OpenAI
            """)

    @Argument(help: "The connection's name or id, from tally connection list.")
    var connection: String

    func run() async throws {
        let changed = try await Session.run { session in
            let id = try await ConnectionName.id(of: connection, session)
            return try await session.write(
                ConnectionServiceMethods.ResumeConnection.self, ResumeConnectionRequest(id: id))
        }
        StandardOutput.say(
            "\(Table.printable(changed.displayName)) (\(changed.id)) is pulled again, at once.")
    }
}

struct ConnectionDelete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "End a connection for ever: its key is destroyed, its figures stay.",
        discussion: """
            Reports go on showing what was read, under the connection's name. The name is
            free for another connection. To stop for a while, use tally connection pause.

            Example:
              tally connection delete OpenAI --confirm OpenAI
            """)

    @Argument(help: "The connection's name or id, from tally connection list.")
    var connection: String
    @Option(name: .customLong("confirm"), help: "The connection's name, against mistakes.")
    var confirmDisplayName: String

    func run() async throws {
        let changed = try await Session.run { session in
            let id = try await ConnectionName.id(of: connection, session)
            return try await session.write(
                ConnectionServiceMethods.DeleteConnection.self,
                DeleteConnectionRequest(id: id, confirmDisplayName: confirmDisplayName))
        }
        StandardOutput.say(
            "\(Table.printable(changed.displayName)) (\(changed.id)) is deleted, its key "
                + "destroyed. Its figures stay.")
    }
}

/// Connections as people name them.
enum ConnectionName {
    /// The id of a connection by its id or name; an id that no list shows may be that of a deleted one.
    static func id(of text: String, _ session: Session) async throws -> String {
        if let id = try? ConnectionID(text.lowercased()) { return id.text }
        return try ConnectionReplaceKey.find(text, among: try await ConnectionList.all(session)).id
    }
}
