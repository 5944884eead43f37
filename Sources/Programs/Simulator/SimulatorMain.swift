import ArgumentParser

/// `tally-simulator`: stands in for the providers' admin APIs, and loads a real trace as events.
@main
struct SimulatorMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tally-simulator",
        abstract: "A stand-in for the providers' admin APIs, for demos, tests and trials.",
        discussion: """
            Nothing here is a provider's: no provider is called, no account exists, and every \
            figure is invented from a seed. The same seed gives the same world.
            """,
        subcommands: [ServeCommand.self, TraceCommand.self])
}
