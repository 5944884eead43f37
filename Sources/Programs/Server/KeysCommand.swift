import ArgumentParser
import Configuration
import Core
import Domain
import Encryption
import Foundation
import Postgres
import ServiceRuntime

/// `tally-server keys`.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "Look after the organizations' data keys.",
        subcommands: [KeysRotateCommand.self, KeysDestroyAgainCommand.self])
}

struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Wrap all data keys by another master key, in place.",
        discussion: """
            Make a new master key. Restart every server and worker with it among
            TALLY_RETIRED_MASTER_KEY_FILES, so that all can open what it wraps; then once more with it
            as the current one, and the old one among those. Then run this with the same settings;
            servers go on meanwhile. Stopped at any moment, it can be run again.

            A key that does not open is named and left as it is, and the command fails at its end. Once
            it says that all keys are wrapped by the current master key, restart servers and workers
            without the old one, and destroy it as soon as no backup of the keys needs it.

            The login of TALLY_KEYS_DATABASE_URL is that of tally-server migrate.
            """)

    func run() async throws {
        try await OperatorErrors.explained {
            print(try await rotate(ConfigReader(provider: EnvironmentVariablesProvider())))
        }
    }

    /// What was done, for the operator.
    func rotate(_ reader: ConfigReader) async throws -> String {
        let settings = try DatabaseSettings(reader: reader)
        let keys = try DataKeySettings { reader.string(forVariable: $0) }
        let cipher = try keys.cipher()
        let outcome = try await settings.withPool(
            keys.postgres(for: "tally-server operator", connectionsMax: 1)
        ) {
            try await DataKeyRotation(pool: $0, cipher: cipher).run()
        }
        let counts = "\(outcome.rewrappedCount) anew, \(outcome.currentCount) before."
        guard outcome.unopened.isEmpty else {
            let lines = outcome.unopened.map { key in
                "  \(key.organization.text) version \(key.version): \(key.reason.rawValue)"
            }
            throw ServiceError(
                .failedPrecondition, "DATA_KEYS_NOT_OPENED",
                "\(lines.count) data keys do not open and were left as they are; the others are "
                    + "wrapped by the current master key: \(counts)\n"
                    + lines.joined(separator: "\n")
                    + "\nWhere the master key is unknown, add the one that wrapped them to "
                    + "TALLY_RETIRED_MASTER_KEY_FILES; restore damaged ones from a backup.")
        }
        return "All data keys are wrapped by the current master key: \(counts)"
    }
}

struct KeysDestroyAgainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "destroy-again",
        abstract: "Destroy the data keys again that a restored database brought back.",
        discussion: """
            Run it after one of the two databases was restored from a backup. Each remembers whose keys
            were destroyed, and tells the other here: no program opens such keys, and this overwrites
            them. Where both were restored, neither remembers what was destroyed since: name those
            organizations in a file. Their keys are then destroyed for good, whatever the organizations
            are by now. Stopped at any moment, it can be run again.

            The logins of TALLY_DATABASE_URL and TALLY_KEYS_DATABASE_URL are those of tally-server
            migrate; the master key is not needed.
            """)

    @Option(
        help: "File of ids of organizations, one a line, whose keys are destroyed in any case.",
        completion: .file())
    var organizationsFile: String?

    func run() async throws {
        try await OperatorErrors.explained {
            print(try await destroy(ConfigReader(provider: EnvironmentVariablesProvider())))
        }
    }

    /// What was done, for the operator.
    func destroy(_ reader: ConfigReader) async throws -> String {
        let others = try organizationsFile.map { try Self.organizations(in: $0) } ?? []
        let settings = try DatabaseSettings(reader: reader)
        let keysPostgres = try DataKeySettings.postgres(for: "tally-server operator") {
            reader.string(forVariable: $0)
        }
        let outcome = try await settings.withPool(settings.postgres) { pool in
            try await settings.withPool(keysPostgres) { keysPool in
                // Keys of another installation are none of this one's business.
                try await Installation(mainPool: pool, keysPool: keysPool).mustBeWhole()
                return try await KeyDestruction(pool: keysPool, mainPool: pool).run(others)
            }
        }
        guard !outcome.destroyed.isEmpty else { return "No destroyed data key had come back." }
        let lines = outcome.destroyed.map { "  \($0.text)" }.joined(separator: "\n")
        return "Destroyed the data keys of \(outcome.destroyed.count) organizations:\n\(lines)"
    }

    /// One id a line; empty lines and those that begin with # say nothing.
    static func organizations(in path: String) throws -> [OrganizationID] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("\(path) cannot be read.")
        }
        return try String(decoding: data, as: UTF8.self)
            .split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
            .map { line in
                do {
                    return try OrganizationID(line)
                } catch {
                    throw ValidationError(
                        "\(path) has a line that is no organization's id: \(line)")
                }
            }
    }
}
