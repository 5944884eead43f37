import API
import Foundation
import Testing

@testable import CLI
@testable import TallyClient

/// Entries are read to their end, counted, and written as they are.
@Suite struct EntryExportTests {
    private static func entry(_ number: Int64, _ amount: String? = "0.000000000001")
        -> ExportedEntry
    {
        ExportedEntry(
            entryID: number, kind: .usage, feed: .events, source: "gateway", eventID: "e\(number)",
            eventTime: Timestamp(seconds: 1_793_000_000), currencyCode: "USD",
            amount: amount.map { Money(amount: $0, currencyCode: "USD") })
    }

    private static func part(_ entries: [ExportedEntry], after: String) -> EntryExportPart {
        EntryExportPart(part: .entries(ExportedEntries(entries: entries, after: after)))
    }

    private static func end(_ count: Int64, _ amount: String) -> EntryExportPart {
        let sum = EntrySum(
            feed: .events, entryCount: count, amount: Money(amount: amount, currencyCode: "USD"))
        return EntryExportPart(
            part: .end(
                EntryExportEnd(
                    entryCount: count, sums: count == 0 ? [] : [sum],
                    completeness: Completeness(basis: .metered))))
    }

    private static let unavailable = TallyError(
        code: .unavailable, reason: "", field: nil, message: "", details: [], retryAfter: nil)

    /// Where a stream breaks off it goes on behind the last part, and nothing is written twice.
    @Test func whatBreaksOffGoesOn() async throws {
        var asked: [String] = []
        var written: [Int64] = []
        let total = try await EntryExport { request, take in
            asked.append(request.after)
            switch request.after {
            case "":
                try take(Self.part([Self.entry(1), Self.entry(2)], after: "2"))
                throw Self.unavailable
            case "2":
                try take(Self.part([Self.entry(3, nil)], after: "3"))
                throw Self.unavailable
            default:
                try take(Self.part([Self.entry(4)], after: "4"))
                try take(Self.end(1, "0.000000000001"))
            }
        }.run(ExportEntriesRequest()) { written += $0.map(\.entryID) }
        #expect(asked == ["", "2", "3"])
        #expect(written == [1, 2, 3, 4])
        #expect(
            total.text.hasPrefix("Exported 4 entries.\n  events: 0.000000000003 USD in 4 entries"))
        #expect(total.completeness?.basis == .metered)
    }

    /// No export passes for whole that lost its end, an entry or a pico, or that gets no further.
    @Test func whatIsNotWholeFails() async throws {
        let cases: [[EntryExportPart]] = [
            [], [Self.part([Self.entry(1)], after: "1")],
            [Self.part([Self.entry(1)], after: "1"), Self.end(2, "0.000000000001")],
            [Self.part([Self.entry(1)], after: "1"), Self.end(1, "0.000000000002")],
            [Self.part([Self.entry(1)], after: "1"), Self.end(0, "")],
            [Self.end(0, ""), Self.part([Self.entry(1)], after: "1")], [EntryExportPart()],
        ]
        for (index, parts) in cases.enumerated() {
            await #expect(throws: Failure.self, "\(index)") {
                _ = try await EntryExport { _, take in
                    for part in parts { try take(part) }
                }.run(ExportEntriesRequest()) { _ in }
            }
        }
        await #expect(throws: TallyError.self) {
            _ = try await EntryExport { _, _ in throw Self.unavailable }
                .run(ExportEntriesRequest()) { _ in }
        }
    }

    @Test func everyRowHasTheHeadersColumns() throws {
        var entry = Self.entry(9_007_199_254_740_993, "-0.100000000000")
        entry.kind = .correction
        entry.rootEntryID = 7
        entry.priceVersion = -2
        entry.reason = "=HYPERLINK(\"x\")"
        entry.user = "a\r\nb"
        entry.quantities = [
            Quantity(quantityClass: "input", amount: -5),
            Quantity(quantityClass: "web_search_request", amount: 2),
        ]
        entry.tags = [Tag(key: "@k", value: "\"v\"")]
        entry.providerCost = Money(amount: "0.250000000000", currencyCode: "EUR")
        entry.bookedAt = Timestamp(seconds: 1_793_000_001)
        entry.totalTokens = -5
        entry.derived = [
            DerivedDimension(
                dimension: "team", value: "t", sent: DimensionValue(value: "x"),
                ruleSetVersion: 3, rule: "by project"),
            DerivedDimension(
                dimension: "tag:env", value: "prod", sent: DimensionValue(absent: true),
                ruleSetVersion: 3, rule: "all"),
        ]
        let row = EntryText.row(entry)
        #expect(row.count == EntryText.header.count)
        #expect(Set(EntryText.header).count == EntryText.header.count)
        let cells = Dictionary(uniqueKeysWithValues: zip(EntryText.header, row))
        #expect(cells["entry_id"] == "9007199254740993" && cells["kind"] == "correction")
        #expect(cells["feed"] == "events" && cells["amount"] == "-0.100000000000")
        #expect(cells["price_version"] == "-2" && cells["root_entry_id"] == "7")
        #expect(cells["input"] == "-5" && cells["output"] == "")
        #expect(cells["other_quantities"] == #"{"web_search_request":2}"#)
        #expect(cells["tags"] == #"{"@k":"\"v\""}"#)
        #expect(cells["event_time"] == "2026-10-26T07:33:20Z" && cells["recorded_at"] == "")
        #expect(cells["provider_cost"] == "0.250000000000")
        #expect(cells["provider_cost_currency"] == "EUR" && cells["total_tokens"] == "-5")
        #expect(cells["booked_at"] == "2026-10-26T07:33:21Z")
        #expect(
            cells["derived"]
                == #"{"team":{"rule":"by project","rule_set_version":3,"sent":"x"},"#
                + #""tag:env":{"rule":"all","rule_set_version":3}}"#)
        let text = try EntryFormat.csv.text([entry])
        // What a person wrote is no formula, and a line break no end of a row.
        #expect(text.contains(#","'=HYPERLINK(""x"")","#) && text.contains("\"a\r\nb\""))
        #expect(text.contains(",-0.100000000000,"))
        // Unknown is empty, never zero.
        #expect(EntryText.row(Self.entry(1, nil))[11] == "")
        #expect(EntryText.header[11] == "amount")
    }

    @Test func linesOfJSONAreObjects() throws {
        let text = try EntryFormat.jsonl.text([Self.entry(1), Self.entry(2, nil)])
        let lines = text.split(separator: "\n")
        #expect(lines.count == 2 && EntryFormat.jsonl.header.isEmpty)
        #expect(lines[0].contains(#""amount":{"amount":"0.000000000001","currencyCode":"USD"}"#))
        #expect(!lines[1].contains(#""amount""#) && lines[1].contains(#""entryId":"2""#))
    }

    @Test func filesHaveTheirNameOnceTheyAreWhole() throws {
        let path = NSTemporaryDirectory() + "tally-entries-\(UUID().uuidString)"
        defer {
            for end in ["", ".partial"] { try? FileManager.default.removeItem(atPath: path + end) }
        }
        let file = try EntryFile(path)
        try file.write("a\n")
        #expect(!FileManager.default.fileExists(atPath: path))
        try file.finish()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "a\n")
        #expect(throws: Failure.self) { try EntryFile(path) }
    }
}
