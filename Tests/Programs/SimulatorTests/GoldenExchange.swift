import Foundation

@testable import Simulator

/// One of the golden exchanges, read as the simulator's own request.
struct GoldenExchange {
    let name: String
    let file: JSONTree

    /// `name` is a path below the fixtures, without its ending.
    init(_ name: String) throws {
        let folder = URL(filePath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "TestSupport/Fixtures/Providers")
        let url = folder.appending(path: "\(name).json")
        self.name = name
        file = try JSONTree(text: String(contentsOf: url, encoding: .utf8))
    }

    /// The request, with the fixtures' keys and project replaced by the simulator's.
    var request: SimulatedRequest {
        let request = file["request"]
        var headers: [String: String] = [:]
        for (name, value) in request["headers"].members {
            headers[name] = value.string?.replacing("admin-fixture", with: "admin-sim-fixture")
                .replacing("admin01-fixture", with: "admin01-sim-fixture")
        }
        let path = (request["path"].string ?? "").replacing("proj_alpha", with: "proj_research")
        return SimulatedRequest(
            path: path,
            query: request["query"].array.map { pair in
                .init(name: pair.array[0].string ?? "", value: pair.array[1].string ?? "")
            },
            headers: headers)
    }

    var status: Int { Int(file["response"]["status"].integer ?? 0) }
    var responseHeaders: [String: JSONTree] { file["response"]["headers"].members }

    /// The body, parsed; null where it is no JSON.
    var body: JSONTree {
        if let text = file["response"]["body_text"].string {
            return (try? JSONTree(text: text)) ?? .null
        }
        return file["response"]["body"]
    }
}

extension StandIn {
    /// 21 November 2026, 06:00 UTC.
    static let testNow: Int64 = 1_795_240_800

    static func make(
        seed: UInt64 = 7, now: Int64? = testNow, days: Int64 = 120, lateHours: Int64 = 30,
        faultsPerMille: Int64 = 0, amountsAsNumbers: Bool = false
    ) -> StandIn {
        StandIn(
            StandInOptions(
                seed: seed, now: now, days: days, lateHours: lateHours,
                faultsPerMille: faultsPerMille, amountsAsNumbers: amountsAsNumbers,
                machineClock: { testNow }))
    }

    /// The parsed body of an answer that should be good.
    func json(_ request: SimulatedRequest) throws -> JSONTree {
        let response = respond(to: request)
        guard response.status == 200 else {
            throw UnexpectedAnswer(status: response.status, body: response.body.text)
        }
        return try JSONTree(text: response.body.text)
    }

    /// All buckets of a report, page after page.
    func buckets(_ request: SimulatedRequest) throws -> [JSONTree] {
        var buckets: [JSONTree] = []
        var next = request
        while true {
            let page = try json(next)
            buckets += page["data"].array
            guard let cursor = page["next_page"].string else { return buckets }
            next = request
            next.query.append(.init(name: "page", value: cursor))
        }
    }

    func rows(_ request: SimulatedRequest) throws -> [JSONTree] {
        try buckets(request).flatMap { $0["results"].array }
    }

    func control(_ method: String, _ target: String) -> SimulatedResponse {
        respond(to: SimulatedRequest(method: method, target: target, headers: [:]))
    }
}

struct UnexpectedAnswer: Error {
    var status: Int
    var body: String
}

extension SimulatedRequest {
    static func openAI(
        _ path: String, _ query: String, account: String = "demo"
    ) -> SimulatedRequest {
        SimulatedRequest(
            method: "GET", target: "/v1/organization/\(path)?\(query)",
            headers: ["authorization": "Bearer sk-admin-sim-\(account)"])
    }

    static func anthropic(
        _ path: String, _ query: String, account: String = "demo"
    ) -> SimulatedRequest {
        SimulatedRequest(
            method: "GET", target: "/v1/organizations/\(path)?\(query)",
            headers: [
                "x-api-key": "sk-ant-admin01-sim-\(account)", "anthropic-version": "2023-06-01",
            ])
    }
}
