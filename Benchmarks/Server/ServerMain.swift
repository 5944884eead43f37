import ArgumentParser

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The echo servers of the transport's benchmarks, each on a free port of the loopback address.
@main
struct ServerMain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "BenchmarkServer",
        abstract: "Serves an echo until SIGTERM; prints `listening 127.0.0.1:PORT`.",
        subcommands: [TallystickCommand.self, BareCommand.self])

    /// Tells whoever started us where we listen.
    static func announce(_ lines: String...) {
        for line in lines {
            print(line)
        }
        fflush(nil)
    }
}
