import API
import Core
import Domain
import Foundation
import Logging
import RPC
import ServiceRuntime
import Synchronization
import TallyClient
import Telemetry
import Testing

@testable import Server

@Suite struct TelemetryTests {
    private final class Lines: LogOutput {
        let all = Mutex<[String]>([])

        func take(_ line: LogLine, isUrgent: Bool) {
            all.withLock { $0.append(String(decoding: line.bytes, as: UTF8.self)) }
        }
    }

    /// The whole program: a call shows in the log and in the metrics, and no token in either.
    @Test func callsAreLoggedAndCounted() async throws {
        let lines = Lines()
        let registry = PrometheusRegistry()
        var telemetry = ServerTelemetry()
        telemetry.registry = registry
        telemetry.accessLog = JSONAccessLog(program: "tally-server", output: lines)
        try await ServerHarness.with(telemetry: telemetry) { harness in
            let client = harness.client(token: harness.operatorToken)
            _ = try await client.call(
                TenantServiceMethods.ListOrganizations.self, ListOrganizationsRequest())
            await #expect(throws: TallyError.self) {
                try await client.call(
                    TenantServiceMethods.ListMembers.self, ListMembersRequest())
            }
            await client.close()
        }
        let text = lines.all.withLock { $0.joined() }
        #expect(text.contains("\"method\":\"tally.v1.TenantService/ListOrganizations\""))
        #expect(text.contains("\"reason\":\"ROLE_NOT_ALLOWED\""))
        let shown = registry.exposition()
        for (method, code) in [
            ("ListOrganizations", "OK"), ("ListMembers", "PERMISSION_DENIED"),
        ] {
            #expect(
                shown.contains(
                    "tally_rpc_calls_total{code=\"\(code)\",method=\"tally.v1.TenantService/"
                        + "\(method)\"} 1\n"))
        }
        #expect(shown.contains("\ntally_postgres_connections_in_use 0\n"))
        #expect(shown.contains("\ntally_postgres_connection_wait_seconds_count "))
        #expect(!text.contains("tly_") && !shown.contains("tly_"))
    }
}
