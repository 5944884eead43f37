import ArgumentParser

/// Turns descriptors into source files. `deploy/scripts/generate.sh` runs it behind protoc-c.
@main
struct GeneratorMain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tally-generator",
        abstract: "Writes Swift and C from protobuf descriptors; see deploy/scripts/generate.sh.",
        subcommands: [GenerateSwift.self, GenerateClient.self, GenerateDescriptorArray.self])
}
