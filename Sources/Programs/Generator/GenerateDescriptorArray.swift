import ArgumentParser
import FoundationEssentials

/// `tally-generator descriptor-array`: the descriptor set as a C array, so that programs carry it.
struct GenerateDescriptorArray: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "descriptor-array",
        abstract: "Writes a serialized descriptor set as a C array.")

    @Option(help: "The serialized FileDescriptorSet.")
    var descriptorSet: String

    @Option(help: "C file to write.")
    var output: String

    func run() throws {
        let serialized = [UInt8](try Data(contentsOf: URL(filePath: descriptorSet)))
        try Data(DescriptorArray.source(of: serialized).utf8).write(to: URL(filePath: output))
    }
}

/// The C source of an array. Swift compilers take minutes over a literal of this size; C takes
/// none.
enum DescriptorArray {
    private static let bytesPerLine = 24

    static func source(of bytes: [UInt8]) -> String {
        var lines = [
            "/* Written by tally-generator. Change proto/ and run deploy/scripts/generate.sh. */",
            "#include \"tally_descriptor_set.h\"",
            "",
            "static const uint8_t bytes[] = {",
        ]
        for start in stride(from: 0, to: bytes.count, by: bytesPerLine) {
            let line = bytes[start..<min(start + bytesPerLine, bytes.count)]
            lines.append("    " + line.map { "\($0)," }.joined(separator: " "))
        }
        lines += [
            "};",
            "",
            "const uint8_t *tally_descriptor_set(void) { return bytes; }",
            "",
            "size_t tally_descriptor_set_size(void) { return sizeof bytes; }",
            "",
        ]
        return lines.joined(separator: "\n")
    }
}
