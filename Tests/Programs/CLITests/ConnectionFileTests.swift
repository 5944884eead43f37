import API
import TallyClient
import Testing

@testable import CLI

struct ConnectionFileTests {
    private func file(_ text: String) throws -> ConnectionFile {
        try ConnectionFile(Array(text.utf8), name: "c.csv")
    }

    @Test func rowsAreReadByTheNamesOfTheirColumns() throws {
        let connections = try file(
            """
            provider,display_name,labels,paused,api_key,record_of,backfill_days
            openai,"One, two",team=ml; env=,true,sk-admin-0001-abcd,billing,30
            ,Two,,false,,both,

            """)
        #expect(connections.updateMask == ["labels", "paused", "api_key", "record_of"])
        #expect(
            connections.rows.map(\.row) == [
                ConnectionRow(
                    displayName: "One, two", provider: .openai, apiKey: "sk-admin-0001-abcd",
                    labels: [Label(key: "team", value: "ml"), Label(key: "env", value: "")],
                    recordOf: .billing, backfillDays: 30, paused: true),
                ConnectionRow(displayName: "Two", recordOf: .both),
            ])
    }

    @Test(arguments: [
        ("", "c.csv is empty."), ("display_name\na\n", "c.csv has nothing to change."),
        ("api_key\nsk-admin-0001-abcd\n", "c.csv line 1: there is no column display_name."),
        (
            "sk-admin-0001-abcd,display_name\n",
            "c.csv line 1: there is no column of this name. | column 1"
        ),
        ("display_name,paused\na,yes\n", "c.csv line 2: this cannot stand here. | paused"),
        // An empty cell resumes nothing.
        ("display_name,paused\na,\n", "c.csv line 2: this cannot stand here. | paused"),
        ("display_name,record_of\na,\n", "c.csv line 2: this cannot stand here. | record_of"),
        ("display_name,labels\na,b\n", "c.csv line 2: this cannot stand here. | labels"),
        (
            "display_name,api_key,provider\na,sk-admin-0001-abcd,x\n",
            "c.csv line 2: this cannot stand here. | provider"
        ),
    ])
    func whatIsNoConnectionIsNamedAndNoKeyShown(_ text: String, _ expected: String) {
        do {
            _ = try file(text)
            Issue.record("it was read")
        } catch {
            let failure = Failure(error)
            let shown = [failure?.problem, failure?.field].compactMap { $0 }
            #expect(shown.joined(separator: " | ") == expected)
            #expect(!String(reflecting: error).contains("sk-admin"))
        }
    }
}
