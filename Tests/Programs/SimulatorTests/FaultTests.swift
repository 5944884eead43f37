import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Simulator

/// Faults that concern pages, bodies and time; what refuses a request stands in the contract tests.
@Suite struct FaultTests {
    private static let paged = [PagingTests.usage, PagingTests.report]

    private func order(_ kind: String, _ standIn: StandIn) {
        #expect(standIn.control("POST", "/_simulator/faults?kind=\(kind)").status == 200)
    }

    private func following(_ request: SimulatedRequest, _ page: JSONTree) throws -> SimulatedRequest
    {
        var next = request
        next.query.removeAll { $0.name == "page" }
        next.query.append(.init(name: "page", value: try #require(page["next_page"].string)))
        return next
    }

    @Test(arguments: paged)
    func aChangedCursorIsRefusedWhenItIsUsed(request: SimulatedRequest) throws {
        let standIn = StandIn.make()
        order("changed-cursor", standIn)
        let next = try following(request, try standIn.json(request))
        #expect(standIn.respond(to: next).status == 400)
        #expect(standIn.respond(to: request).status == 200)
    }

    @Test(arguments: paged)
    func aRepeatedCursorGoesRound(request: SimulatedRequest) throws {
        let standIn = StandIn.make()
        let second = try following(request, try standIn.json(request))
        order("repeated-cursor", standIn)
        let page = try standIn.json(second)
        #expect(page["next_page"].string == second.query.last?.value)
        #expect(try standIn.json(second)["next_page"].string != second.query.last?.value)
    }

    @Test(arguments: paged)
    func aForgottenCursorIsRefusedOnce(request: SimulatedRequest) throws {
        let standIn = StandIn.make()
        let second = try following(request, try standIn.json(request))
        order("forgotten-cursor", standIn)
        #expect(standIn.respond(to: second).status == 400)
        #expect(standIn.respond(to: second).status == 200)
    }

    @Test func brokenBodiesAreNoJSONAndHangsEndInNothing() throws {
        let standIn = StandIn.make()
        order("malformed", standIn)
        order("hang", standIn)
        let malformed = standIn.respond(to: PagingTests.usage)
        #expect(malformed.status == 200)
        #expect(throws: (any Error).self) { try JSONTree(text: malformed.body.text) }
        let hang = standIn.respond(to: PagingTests.usage)
        #expect(hang.delay >= standIn.options.slowness * 60)
        #expect(hang.delivery == .disconnected)
    }

    @Test func anAnswerThatTricklesIsWholeInTheEnd() async throws {
        let standIn = StandIn(
            StandInOptions(
                seed: 7, now: StandIn.testNow, slowness: .milliseconds(40),
                machineClock: { StandIn.testNow }))
        let headers = try StandInResponderTests.headers(StandInResponderTests.keyed)
        let target = StandInResponderTests.target
        let expected = standIn.respond(
            to: .anthropic(
                "usage_report/messages", "starting_at=2026-11-16T00:00:00Z&group_by[]=model"))
        order("slow-bytes", standIn)
        try await SimulatorMain.build(standIn, port: 0, onListening: { _ in }).test(.live) {
            client in
            try await client.execute(uri: target, method: .get, headers: headers) { response in
                #expect(String(buffer: response.body) == expected.body.text)
            }
        }
    }

    /// A day that the provider tells anew, usage and bill alike, and no other day.
    @Test func aRestatedDayIsTheOnlyOneThatChanges() throws {
        let standIn = StandIn.make()
        func tokens(_ day: Int64) throws -> Int64 {
            try standIn.rows(
                .openAI("usage/completions", "start_time=\(day)&end_time=\(day + 86400)")
            ).reduce(0) { $0 + ($1["input_tokens"].integer ?? 0) }
        }
        func dollars(_ day: Int64) throws -> Decimal {
            try standIn.rows(.openAI("costs", "start_time=\(day)&end_time=\(day + 86400)"))
                .compactMap { $0["amount"]["value"].decimal }.reduce(0, +)
        }
        let (day, next): (Int64, Int64) = (1_794_787_200, 1_794_873_600)
        let before = (try tokens(day), try dollars(day), try tokens(next))
        let restated = standIn.control(
            "POST", "/_simulator/restatements?day=2026-11-16&share=0.9")
        #expect(restated.status == 200)
        let half = try tokens(day)
        #expect(half < before.0 && half > before.0 * 88 / 100)
        #expect(try dollars(day) < before.1)
        #expect(try tokens(next) == before.2)
        #expect(standIn.control("DELETE", "/_simulator/restatements").status == 200)
        #expect(try tokens(day) == before.0)
    }

    @Test(arguments: ["day=today&share=0.9", "day=2026-11-16", "day=2026-11-16&share=2"])
    func wrongRestatementsAreRefused(query: String) {
        let response = StandIn.make().control("POST", "/_simulator/restatements?\(query)")
        #expect(response.status == 400)
    }
}
