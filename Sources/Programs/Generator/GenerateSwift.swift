import ArgumentParser
import FoundationEssentials
import Wire

/// `tally-generator swift`: value types and method types.
struct GenerateSwift: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swift",
        abstract: "Writes a Swift file for every .proto file of a descriptor set.")

    @Option(help: "The serialized FileDescriptorSet, with source information.")
    var descriptorSet: String

    @Option(help: "Access level of what is written: public or package.")
    var access: String

    @Option(help: "Module that holds the C structures.")
    var cModule: String

    @Option(help: "Module that holds WireMessage and MessageArena; none where it is our own.")
    var wireModule: String?

    @Option(help: "Name of an enum that gets the names of all methods; none without one.")
    var schema: String?

    @Option(help: "Folder to write to. Files of ours that are no longer wanted are removed.")
    var output: String

    func run() throws {
        let serialized = [UInt8](try Data(contentsOf: URL(filePath: descriptorSet)))
        let module = GeneratedModule(
            access: access, cModule: cModule, wireModule: wireModule, schemaName: schema)
        let files = try module.files(for: DescriptorSet(serialized: serialized))
        let folder = URL(filePath: output)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path)
        where name.hasSuffix(".pb.swift") && files[name] == nil {
            try FileManager.default.removeItem(at: folder.appending(path: name))
        }
        for (name, text) in files {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
    }
}
