import ArgumentParser

/// The load of the transport's benchmarks: raw frames, as little work for each as can be.
@main
struct ClientMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "BenchmarkClient",
        abstract: "Loads an echo server that speaks Tally RPC, and prints what it took.",
        subcommands: [UnaryCommand.self, StreamCommand.self, IdleCommand.self])
}
