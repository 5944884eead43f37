import API
import Testing

@testable import CLI

@Suite struct ConnectionSummaryTests {
    @Test func aSummaryNamesWhatThereIsToSay() {
        let summary = SummarizeConnectionsResponse(
            connections: 1002,
            healths: [
                .init(health: .healthy, connections: 1000),
                .init(health: .keyRefused, connections: 2),
            ],
            providers: [.init(provider: .openai, connections: 1002)],
            newestSuccessTime: Timestamp(seconds: 1_764_000_000), needAdmin: 2,
            attentions: [.init(reason: "KEY_REFUSED", connections: 2)], reportsFailing: 3)
        let table = ConnectionSummary.table(summary)
        #expect(table.contains("1,000 healthy, 2 key refused"))
        #expect(table.contains("2: 2 KEY_REFUSED"))
        #expect(table.contains("Reports failing"))
        #expect(!table.contains("Never synced"))
        let rows = ConnectionSummary.rows(summary)
        #expect(rows.contains(["health:key refused", "2"]))
        #expect(rows.contains(["attention:KEY_REFUSED", "2"]))
        #expect(rows.contains(["never_synced", "0"]))
        #expect(rows.allSatisfy { $0.count == 2 })
    }
}
