import API
import ArgumentParser

/// Health of connections as the command line has it.
enum HealthArgument: String, ExpressibleByArgument, CaseIterable {
    case pending, healthy, late, degraded, paused, deleted
    case keyRefused = "key-refused"

    var health: ConnectionHealth {
        switch self {
        case .pending: .pending
        case .healthy: .healthy
        case .degraded: .degraded
        case .keyRefused: .keyRefused
        case .paused: .paused
        case .deleted: .deleted
        case .late: .late
        }
    }
}

/// A label that connections are found by: KEY=VALUE, or KEY for any value.
struct LabelFilterArgument: ExpressibleByArgument, Equatable {
    let label: Label

    init?(argument: String) {
        guard !argument.isEmpty, argument.first != "=" else { return nil }
        label = LabelArgument(argument: argument)?.label ?? Label(key: argument, value: "")
    }
}

/// Which connections.
struct ConnectionFilterOptions: ParsableArguments {
    @Option(
        name: .customLong("provider"),
        help: "openai, anthropic or openrouter; several for any of them.")
    var providers: [ProviderArgument] = []
    @Option(
        name: .customLong("health"),
        help: """
            pending, healthy, late, degraded, key-refused, paused or deleted; several for any of
            them.
            """)
    var healths: [HealthArgument] = []
    @Option(
        name: .customLong("label"),
        help: "KEY=VALUE, or KEY for any value; several for all of them.")
    var labels: [LabelFilterArgument] = []
    @Option(help: "Those that are at least the record of this: billing, attribution or both.")
    var recordOf: RecordOfArgument?
    @Option(help: "What the name, or the end of the key, has in it.")
    var search = ""

    var filter: ConnectionFilter {
        ConnectionFilter(
            providers: providers.map(\.provider), healths: healths.map(\.health),
            labels: labels.map(\.label), recordOf: recordOf?.record ?? .unspecified,
            search: search)
    }
}
