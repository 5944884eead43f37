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

    private static func answer(
        usage: KeyFinding.State = .granted, costs: KeyFinding.State = .granted,
        account: String = "org_1"
    ) -> TestConnectionResponse {
        let finding = { (permission: KeyFinding.Permission, state: KeyFinding.State) in
            KeyFinding(
                permission: permission, state: state,
                reason: state == .granted ? "" : "REASON_\(permission.rawValue)",
                message: state == .granted ? "" : "May not.")
        }
        return TestConnectionResponse(
            usable: false,
            permissions: [
                finding(.usage, usage), finding(.costs, costs), finding(.names, .refused),
            ], account: ConnectionAccount(id: account))
    }

    /// What a row's connection is the record of decides, as it will be; a key is tried once.
    @Test func keysAreTriedForWhatIsPulledWithThem() async throws {
        let table = try file(
            """
            display_name,provider,api_key,record_of
            New,openai,sk-admin-costs,billing
            Old,,sk-admin-usage,attribution
            Both,openai,sk-admin-usage,both
            Foreign,,sk-admin-other,both
            Busy,openai,sk-admin-busy,both
            Nobody's,,sk-admin-none,both
            No key,openai,,both
            """)
        let existing = ["Old", "Foreign"].map {
            Connection(
                provider: .openai, displayName: $0, account: ConnectionAccount(id: "org_1"))
        }
        let answers = [
            "sk-admin-costs": Self.answer(usage: .refused),
            "sk-admin-usage": Self.answer(costs: .refused),
            "sk-admin-other": Self.answer(account: "org_2"),
            "sk-admin-busy": Self.answer(costs: .undecided),
        ]
        var asked: [String] = []
        let keys = ConnectionFileKeys(table, name: "c.csv", existing: existing)
        let problems = try await keys.problems { request in
            #expect(request.provider == .openai && request.id.isEmpty)
            asked.append(request.apiKey)
            return try #require(answers[request.apiKey])
        }
        #expect(
            problems == [
                "c.csv line 4: May not. (REASON_2)",
                "c.csv line 5: The key is of another account than the connection. "
                    + "(KEY_OF_ANOTHER_ACCOUNT)",
                "c.csv line 6: May not. (REASON_2)",
            ])
        #expect(
            asked == ["sk-admin-costs", "sk-admin-usage", "sk-admin-other", "sk-admin-busy"])
        #expect(keys.count == 5)
    }

    /// What the file has no column for stays.
    @Test func aKeyIsTriedForTheRecordThatItsConnectionKeeps() async throws {
        let table = try file("display_name,api_key\nOld,sk-admin-costs\n")
        for (record, isEnough) in [(RecordOf.billing, true), (.attribution, false), (.both, false)]
        {
            let keys = ConnectionFileKeys(
                table, name: "c.csv",
                existing: [Connection(provider: .anthropic, displayName: "Old", recordOf: record)])
            let problems = try await keys.problems { _ in Self.answer(usage: .refused) }
            #expect(problems.isEmpty == isEnough)
        }
    }
}
