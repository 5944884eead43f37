import API
import Testing

@testable import CLI

/// What `tally worker revive` says.
@Suite struct WorkerReviveTests {
    private static func job(_ id: String) -> SetAsideJob {
        SetAsideJob(id: id, organization: "o", kind: "pull_connection", reason: "KEY_REFUSED")
    }

    /// Nobody takes what was passed over for what is tried again.
    @Test func whatWasPassedOverIsNamed() {
        let both = ReviveJobsResponse(revived: [Self.job("one")], passedOver: [Self.job("two")])
        let parts = WorkerRevive.text(both).split(separator: "Passed over", maxSplits: 1)
        #expect(parts.count == 2)
        #expect(parts.first?.contains("one") == true && parts.first?.contains("two") == false)
        #expect(parts.last?.contains("two") == true && parts.last?.contains("one") == false)
        #expect(
            WorkerRevive.rows(both) == [
                ["id", "kind", "organization", "reason", "revived"],
                ["one", "pull_connection", "o", "KEY_REFUSED", "true"],
                ["two", "pull_connection", "o", "KEY_REFUSED", "false"],
            ])
        let none = ReviveJobsResponse(revived: [], passedOver: [])
        #expect(WorkerRevive.text(none) == "None of them was set aside.")
    }
}
