import Foundation

extension ChildProcess {
    /// Where a server says that it listens.
    func address() async throws -> String {
        String(try await line(/"address":"(127\.0\.0\.1:[0-9]+)"/).1)
    }

    /// Waits for a line of a server's log.
    @discardableResult
    func line<Output>(_ line: Regex<Output>) async throws -> Output {
        while !hasEnded {
            let log = try String(contentsOf: errorFile, encoding: .utf8)
            if let match = log.firstMatch(of: line) { return match.output }
            // Nothing tells when a file of another process has grown.
            try await Task.sleep(for: .milliseconds(20))
        }
        throw ServerEnded(log: try String(contentsOf: errorFile, encoding: .utf8))
    }

    private struct ServerEnded: Error {
        let log: String
    }
}
