import Foundation
import TallyClient
import Testing

@testable import CLI

@Suite struct SettingsTests {
    @Test func environmentFilesHaveNamesAndValues() throws {
        let values = try EnvironmentFile.parse("# x\n\nA=1\nB=c=d\n", name: "env")
        #expect(values == ["A": "1", "B": "c=d"])
        #expect(throws: Failure.self) { try EnvironmentFile.parse("A\n", name: "env") }
    }

    /// A token is shown once: no other secret may lose its place to it.
    @Test func secretsNeverReplaceAFile() throws {
        let path = NSTemporaryDirectory() + "tally-secret-\(UUID().uuidString)"
        defer { unlink(path) }
        try SecretFile.reserve(path)
        try SecretFile.fill(path, with: "first")
        let failure = #expect(throws: Failure.self) { try SecretFile.reserve(path) }
        #expect(failure?.remedy == "Name another file, or remove it.")
        #expect(try SecretFile.read(path) == "first")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
        #expect(mode as? Int == 0o600)
    }

    @Test func theServerMustBeNamed() throws {
        #expect(throws: Failure.self) { try ConnectionSettings(values: [:]) }
        let settings = try ConnectionSettings(values: [
            "TALLY_ADDRESS": "localhost:1", "TALLY_CA_FILE": "ca.pem", "TALLY_TOKEN": "t",
            "TALLY_ORG": "acme",
        ])
        #expect(settings.configuration.security == .tls(authorityFile: "ca.pem"))
        #expect(settings.configuration.token == "t")
        #expect(settings.configuration.metadata == ["tally-org": "acme"])
        let plain = try ConnectionSettings(values: [
            "TALLY_ADDRESS": "localhost:1", "TALLY_PLAINTEXT": "1",
        ])
        #expect(plain.configuration.security == .plaintext)
    }
}
