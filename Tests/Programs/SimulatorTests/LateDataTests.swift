import Testing

@testable import Simulator

@Suite struct LateDataTests {
    static let day: Int64 = 1_795_132_800  // 20 November 2026

    func tokens(_ standIn: StandIn) throws -> Int64 {
        let rows = try standIn.rows(
            .openAI(
                "usage/completions", "start_time=\(Self.day)&end_time=\(Self.day + 86400)"))
        return UsageSumTests.sums(rows)["input_tokens"] ?? 0
    }

    @Test func yesterdayGrowsOnALaterCallAndThenStands() throws {
        let standIn = StandIn.make(now: Self.day + 86400)
        var seen: [Int64] = [try tokens(standIn)]
        for _ in 0..<8 {
            #expect(standIn.control("POST", "/_simulator/clock?advance=21600").status == 200)
            seen.append(try tokens(standIn))
        }
        #expect(seen == seen.sorted())
        #expect(seen[0] < seen[2])
        // 30 hours after the last hour's end it is final.
        #expect(seen[4] < seen[5])
        #expect(Set(seen[5...]).count == 1)
        #expect(Double(seen[0]) > 0.93 * Double(seen[5]))
    }

    @Test func amountsGrowWithTheUsage() throws {
        let standIn = StandIn.make(now: Self.day + 86400)
        let query = "start_time=\(Self.day)&end_time=\(Self.day + 86400)"
        let before = try #require(
            try standIn.rows(.openAI("costs", query)).first?["amount"]["value"].decimal)
        _ = standIn.control("POST", "/_simulator/clock?now=2026-11-24T00:00:00Z")
        let after = try #require(
            try standIn.rows(.openAI("costs", query)).first?["amount"]["value"].decimal)
        #expect(before < after)
    }

    @Test func lateDataCanBeSwitchedOff() throws {
        let early = try tokens(StandIn.make(now: Self.day + 86400, lateHours: 0))
        let late = try tokens(StandIn.make(now: Self.day + 10 * 86400))
        #expect(early == late)
    }

    @Test func nothingOfTheFutureIsKnown() throws {
        let noon = Self.day + 12 * 3600 + 1800
        let standIn = StandIn.make(now: noon)
        let buckets = try standIn.buckets(
            .openAI(
                "usage/completions",
                "start_time=\(Self.day)&end_time=\(Self.day + 10 * 86400)&bucket_width=1h&limit=168"
            ))
        // The hour that runs is there, in part.
        #expect(buckets.count == 13)
        #expect(buckets.last?["results"].array.isEmpty == false)
        let whole = try StandIn.make(now: noon + 1800).buckets(
            .openAI(
                "usage/completions",
                "start_time=\(noon - 1800)&end_time=\(noon + 1800)&bucket_width=1h"))
        let half = UsageSumTests.sums(buckets.last?["results"].array ?? [])["input_tokens"] ?? 0
        let full = UsageSumTests.sums(whole[0]["results"].array)["input_tokens"] ?? 0
        #expect(half > 0 && half < full)
    }

    @Test func anthropicLacksTheLastFiveMinutes() throws {
        let noon = Self.day + 12 * 3600
        let request = SimulatedRequest.anthropic(
            "usage_report/messages", "starting_at=2026-11-20T11:00:00Z&bucket_width=1m&limit=60")
        let standIn = StandIn.make(now: noon)
        let before = try standIn.json(request)["data"].array
        #expect(before.count == 60)
        #expect(before.suffix(5).allSatisfy { $0["results"] == .array([]) })
        #expect(before[54]["results"].array.isEmpty == false)
        _ = standIn.control("POST", "/_simulator/clock?advance=300")
        #expect(
            try standIn.json(request)["data"].array.allSatisfy {
                !$0["results"].array.isEmpty
            })
    }
}
