import ArgumentParser

/// gRPC for Swift as the benchmarks of the transport call it.
@main
struct GRPCPeerMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "GRPCPeer",
        abstract: "An echo over gRPC for Swift: its server and its client.",
        subcommands: [ServeCommand.self, UnaryCommand.self])
}
