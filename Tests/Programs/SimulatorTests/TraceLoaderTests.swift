import Foundation
import Testing

@testable import Simulator

@Suite struct TraceLoaderTests {
    static let monday: Int64 = 1_794_787_200  // 16 November 2026

    private static let file = Result {
        let url = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .appending(path: "deploy/traces/azure-llm-2023-conversation.csv")
        return try TraceFile(text: String(contentsOf: url, encoding: .utf8))
    }

    static func trace() throws -> TraceFile { try file.get() }

    static func events(
        seed: UInt64 = 7, day: Int64 = monday, now: Int64 = monday + 10 * 86400,
        perDay: Int64 = 1200
    ) throws -> [TraceEvent] {
        try TraceLoader(trace: trace(), seed: seed, eventsPerDay: perDay).events(
            ofDay: day, now: now)
    }

    @Test func theRealTraceIsReadWhole() throws {
        let trace = try Self.trace()
        #expect(trace.rows.count == 19366)
        #expect(
            trace.rows[0] == .init(microseconds: 0, promptTokens: 374, completionTokens: 44))
        #expect(
            trace.rows[1]
                == .init(microseconds: 4_314_579, promptTokens: 396, completionTokens: 109))
    }

    @Test(arguments: [
        ("", 1), ("TIMESTAMP,ContextTokens\n", 1), ("\(TraceFile.header)\n", 1),
        ("\(TraceFile.header)\n2023-11-16 18:15:46.68,374,44\n2023-11-16 18:15:5", 3),
        ("\(TraceFile.header)\n2023-11-16 18:15:46.68,-1,44\n", 2),
        ("\(TraceFile.header)\n2023-11-16 18:15:46,1,2\n2023-11-16 18:15:45,1,2\n", 3),
    ])
    func aBrokenTraceIsRefusedWithItsLine(text: String, line: Int) throws {
        let defect = #expect(throws: TraceFile.Defect.self) { try TraceFile(text: text) }
        #expect(defect?.line == line)
    }

    @Test func theSameSeedGivesTheSameEvents() throws {
        let first = try Self.events().map(\.json)
        #expect(try Self.events().map(\.json) == first)
        #expect(try Self.events(seed: 8).map(\.json) != first)
        #expect(Set(try Self.events().map(\.id)).count == first.count)
        let tuesday = try Self.events(day: Self.monday + 86400).map(\.id)
        #expect(Set(tuesday).isDisjoint(with: try Self.events().map(\.id)))
    }

    @Test func nothingLiesInTheFuture() throws {
        let now = Self.monday + 10 * 3600 + 123
        let early = try Self.events(now: now)
        let all = try Self.events()
        #expect(early.map(\.id) == all.prefix(early.count).map(\.id))
        #expect(early.count < all.count)
        #expect(early.allSatisfy { $0.microseconds <= now * 1_000_000 })
        #expect(all[early.count].microseconds > now * 1_000_000)
    }

    @Test func eventsAreInOrderWithinTheirDay() throws {
        let times = try Self.events().map(\.microseconds)
        #expect(times == times.sorted())
        #expect(times[0] >= Self.monday * 1_000_000)
        #expect(try #require(times.last) < (Self.monday + 86400) * 1_000_000)
    }

    @Test func weekdaysAndWorkingHoursAreBusier() throws {
        let monday = try Self.events()
        let sunday = try Self.events(day: Self.monday - 86400)
        #expect(monday.count > 2 * sunday.count - sunday.count / 2)
        #expect((1250...1550).contains(monday.count))
        func count(hour: Int64) -> Int {
            let start = (Self.monday + hour * 3600) * 1_000_000
            return monday.count { (start..<start + 3_600_000_000).contains($0.microseconds) }
        }
        #expect(count(hour: 10) > 5 * count(hour: 3))
    }

    /// Every request is one of the trace's, its gaps to the next keep their proportions.
    @Test func sizesAndOrderAreTheTraces() throws {
        let trace = try Self.trace()
        let hour = try Self.events(perDay: 200).filter {
            ($0.microseconds / 1_000_000 - Self.monday) / 3600 == 9
        }
        #expect(hour.count > 5)
        let sizes = hour.map { [$0.row.promptTokens, $0.row.completionTokens] }
        let known = trace.rows.map { [$0.promptTokens, $0.completionTokens] }
        let found = known.indices.contains { start in
            start + sizes.count <= known.count
                && Array(known[start..<start + sizes.count]) == sizes
        }
        #expect(found)
    }

    @Test func quantitiesAreDisjointAndSumToTheTotal() throws {
        var outcomes: [String: Int] = [:]
        for event in try Self.events(perDay: 4000) {
            let line = try JSONTree(text: event.json.text)
            let counts = line["quantities"].members.values.compactMap(\.integer)
            let state = line["usage_state"].string ?? "reported"
            outcomes[state, default: 0] += 1
            switch state {
            case "missing":
                #expect(counts.isEmpty && line["status"] == .string("error"))
                #expect(line["total_tokens"] == .null)
            case "partial":
                #expect(line["status"] == .string("aborted"))
                #expect(line["total_tokens"] == .null)
            default:
                #expect(counts.reduce(0, +) == line["total_tokens"].integer)
                #expect(line["status"] == .null)
            }
            #expect(counts.allSatisfy { $0 >= 0 })
            #expect(line["provider"] == .string("azure"))
            #expect(line["source"] == .string("azure-gateway"))
        }
        #expect(outcomes.count == 3)
    }

    @Test func namesAreTheDocumentedOnes() throws {
        let lines = try Self.events(perDay: 6000).map { try JSONTree(text: $0.json.text) }
        func values(_ name: String) -> Set<String?> { Set(lines.map { $0[name].string }) }
        #expect(values("team") == ["support", "search", "mobile", "marketing", nil])
        #expect(
            values("model")
                == ["gpt-5.4", "gpt-4.1", "gpt-4o", "gpt-4o-mini", "phi-next-preview"])
        #expect(
            Set(lines.map { $0["tags"]["cost_center"].string })
                == ["cc-1001", "cc-1002", "cc-1003", "cc-1004", "cc-1005", nil])
        let lost = lines.count { $0["team"] == .null && $0["tags"] == .null }
        #expect(lost > lines.count / 25 && lost < lines.count / 10)
        let unknown = lines.count { $0["model"] == .string("phi-next-preview") }
        #expect(unknown > 0 && unknown < lines.count / 100)
    }
}
