import Core
import Domain
import Foundation
import TallyClient

/// Where the server is and who asks.
struct ConnectionSettings {
    let configuration: TallyClientConfiguration
    /// The time reports are asked at; fixed in demonstrations only.
    let clock: WallClock
    /// The key of the command's change, of a command that is run again; nil: each has its own.
    let idempotencyKey: String?

    /// Reads the environment, and what it lacks from `.local/env`.
    static func load() throws -> ConnectionSettings {
        let folder = URL(filePath: FileManager.default.currentDirectoryPath)
        let file = try EnvironmentFile.nearest(to: folder)
        return try ConnectionSettings(
            values: file.merging(ProcessInfo.processInfo.environment) { _, new in new })
    }

    /// - Throws: `Failure` where the values say no address, or contradict each other.
    init(values: [String: String]) throws {
        let value = { (name: String) in values[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let address = value("TALLY_ADDRESS") else {
            throw Failure(
                "No server is named.",
                remedy: "Set TALLY_ADDRESS, such as tally.example.com:7443, or run this where "
                    + "deploy/local/run has written .local/env.")
        }
        let security: TallyClientConfiguration.Security
        switch value("TALLY_PLAINTEXT") {
        case nil, "0": security = .tls(authorityFile: value("TALLY_CA_FILE"))
        case "1": security = .plaintext
        default: throw Failure("TALLY_PLAINTEXT is 0 or 1.")
        }
        var configuration = TallyClientConfiguration(
            address: address, security: security, token: value("TALLY_TOKEN"))
        configuration.agent = "tally-cli"
        if let organization = value("TALLY_ORG") {
            configuration.metadata["tally-org"] = organization
        }
        self.configuration = configuration
        idempotencyKey = value("TALLY_IDEMPOTENCY_KEY")
        clock = try value("TALLY_FIXED_NOW").map { .fixed(try Instant(rfc3339: $0)) } ?? .system
    }
}
