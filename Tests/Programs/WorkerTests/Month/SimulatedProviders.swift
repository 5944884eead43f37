import Foundation

import TestSupport

@testable import Simulator

/// The simulator behind a test's own server, which is told of every request: a test kills workers then.
struct SimulatedProviders: Sendable {
    let standIn: StandIn

    /// - Parameters:
    ///   - beginning: the first day, Unix seconds of its midnight.
    ///   - now: where the clock stands.
    ///   - faultsPerMille: of the requests.
    init(seed: UInt64, beginning: Int64, now: Int64, faultsPerMille: Int64) {
        var options = StandInOptions(machineClock: { now })
        options.seed = seed
        options.now = now
        options.days = (now - beginning) / CivilTime.secondsPerDay
        options.faultsPerMille = faultsPerMille
        standIn = StandIn(options)
    }

    func respond(_ request: StubHTTPServer.Request) -> StubHTTPServer.Response {
        let answer = standIn.respond(
            to: SimulatedRequest(
                method: request.method, target: request.target, headers: request.headers))
        let text = answer.body.text
        let headers = answer.headers.map { ($0.name, $0.value) }
        let half = text.utf8.count / 2
        switch answer.delivery {
        case .whole, .trickled:
            return .init(status: answer.status, headers: headers, body: text)
        case .truncated:
            return .init(
                status: answer.status, headers: headers,
                body: String(decoding: text.utf8.prefix(half), as: UTF8.self))
        case .disconnected:
            return .init(
                status: answer.status, headers: headers, body: text, cutsOffAfter: half)
        }
    }

    /// Stops the clock there.
    func stand(at now: Int64) {
        standIn.withState { $0.clock.set(now) }
    }

    /// Tells a day's usage anew, a share of it.
    func restate(day: Int64, perMille: Int64) {
        standIn.withState { $0.restated[day / CivilTime.secondsPerDay] = perMille }
    }

    /// Lets a request after so many others go wrong, each time in another way of those that chance does not
    /// choose.
    func orderTrouble(_ number: Int, afterRequests skip: Int) {
        let faults: [Fault] = [.malformed, .wrongType, .changedCursor, .forgottenCursor]
        let fault = faults[number % faults.count]
        standIn.withState {
            $0.faults.order(FaultPlan.Order(fault: fault, skip: skip, count: 1, path: "/v1/"))
        }
    }
}
