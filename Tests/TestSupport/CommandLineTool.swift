package import Foundation

/// Runs programs of the machine, such as openssl and python3, without blocking a thread meanwhile.
package enum CommandLineTool {
    package struct Outcome: Sendable {
        package let status: Int32
        /// Standard output and standard error, as they were written.
        package let output: String
    }

    /// - Parameter arguments: The program's name, found by `PATH`, and its arguments.
    /// - Returns: How it ended; standard input is empty.
    package static func run(
        _ arguments: [String], in folder: URL = FileManager.default.temporaryDirectory
    ) async throws -> Outcome {
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("tally-tool-\(UUID().uuidString)")
        try Data().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let output = try FileHandle(forWritingTo: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                process.terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
        try output.close()
        return Outcome(
            status: status, output: String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }
}
