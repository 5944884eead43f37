import TallyClient
import Testing

@testable import CLI

@Suite struct SettingsTests {
    @Test func environmentFilesHaveNamesAndValues() throws {
        let values = try EnvironmentFile.parse("# x\n\nA=1\nB=c=d\n", name: "env")
        #expect(values == ["A": "1", "B": "c=d"])
        #expect(throws: Failure.self) { try EnvironmentFile.parse("A\n", name: "env") }
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
