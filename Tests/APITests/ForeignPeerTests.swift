import API
import Foundation
import FuzzTargets
import Testing
import Wire

/// protoc, which shares no code with us, reads what we write and writes what we read.
@Suite(.enabled(if: ForeignPeer.isInstalled, "protoc is not installed"))
struct ForeignPeerTests {
    @Test func protocReadsEveryMessageAndWritesItBackTheSame() throws {
        let schema = try ReflectedSchema(fileDescriptorSet: TallySchema.fileDescriptorSet)
        var random = RandomJSON(schema: schema, random: SplitMix(seed: 7))
        for type in EveryMessage.types {
            let bytes = try schema.encode(
                try random.message(type.messageName), as: type.messageName)
            let text = try ForeignPeer.run("--decode=\(type.messageName)", input: bytes)
            #expect(try ForeignPeer.run("--encode=\(type.messageName)", input: text) == bytes)
        }
    }

    @Test func valuesMeanTheSameToProtoc() throws {
        let quantity = Quantity(quantityClass: "cache_read", amount: -3)
        let event = Event(
            id: "e", time: Timestamp(seconds: 1, nanos: 2), quantities: [quantity],
            usageState: .missing)
        let text = try ForeignPeer.run("--decode=tally.v1.Event", input: event.serialized())
        #expect(
            String(decoding: text, as: UTF8.self) == """
                id: "e"
                time {
                  seconds: 1
                  nanos: 2
                }
                quantities {
                  quantity_class: "cache_read"
                  amount: -3
                }
                usage_state: USAGE_STATE_MISSING

                """)
    }
}

enum ForeignPeer {
    private static let program = ["/usr/bin/protoc", "/usr/local/bin/protoc"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    static var isInstalled: Bool { program != nil }

    static func run(_ argument: String, input: [UInt8]) throws -> [UInt8] {
        let project = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let proto = project.appending(path: "proto")
        let files = try FileManager.default.contentsOfDirectory(
            atPath: proto.appending(path: "tally/v1").path)
        let process = Process()
        process.executableURL = URL(filePath: try #require(program))
        process.currentDirectoryURL = proto
        process.arguments = [argument, "-I."] + files.sorted().map { "tally/v1/\($0)" }
        let standardInput = Pipe()
        let standardOutput = Pipe()
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        try process.run()
        // Small enough for the pipe's buffer.
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input))
        try standardInput.fileHandleForWriting.close()
        let output = try standardOutput.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return [UInt8](output)
    }
}
