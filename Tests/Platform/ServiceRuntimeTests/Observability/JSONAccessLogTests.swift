import Core
import Domain
import RPC
import ServiceRuntime
import Synchronization
import Telemetry
import Testing

@Suite struct JSONAccessLogTests {
    private final class Lines: LogOutput {
        let all = Mutex<[String]>([])

        func take(_ line: LogLine, isUrgent: Bool) {
            all.withLock { $0.append(String(decoding: line.bytes, as: UTF8.self)) }
        }
    }

    @Test func accessLineHasWhatOperatorsAsk() async throws {
        let lines = Lines()
        let log = JSONAccessLog(
            program: "tally-server", output: lines, clock: .fixed(Instant(seconds: 0)))
        let organization = OrganizationID.make()
        let caller = Caller(
            tokenID: "abcdefghij234567", roles: .owner, organizationID: organization,
            onBehalfOf: "Ada \"L\"")
        log.callEnded(
            AccessRecord(
                method: "tally.v1.HealthService/Check", peer: RPCPeer(address: "192.0.2.1"),
                outcome: RPCOutcome(.notFound, "GONE"), nanoseconds: 1_000_042_999,
                caller: caller, trace: nil, requestByteCount: 200, responseByteCount: 0))
        let expected = """
            {"time":"1970-01-01T00:00:00.000000Z","level":"info","program":"tally-server",\
            "message":"A call ended.","method":"tally.v1.HealthService/Check",\
            "peer":"192.0.2.1","code":"NOT_FOUND","reason":"GONE","microseconds":1000042,\
            "request_bytes":200,"response_bytes":0,"token":"abcdefghij234567",\
            "organization":"\(organization.text)","on_behalf_of":"Ada \\"L\\""}

            """
        #expect(lines.all.withLock { $0 } == [expected])
    }
}
