import ArgumentParser
import FoundationEssentials
import Wire

/// `tally-generator client`: typed stubs.
struct GenerateClient: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Writes the client's function for every method.")

    @Option(help: "The serialized FileDescriptorSet, with source information.")
    var descriptorSet: String

    @Option(help: "File to write.")
    var output: String

    func run() throws {
        let serialized = [UInt8](try Data(contentsOf: URL(filePath: descriptorSet)))
        let text = ClientSource(access: "public").text(
            for: try DescriptorSet(serialized: serialized))
        let file = URL(filePath: output)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }
}
