import Configuration
import Core
import TLS
import TestSupport
import Testing

@testable import RPC
@testable import Server

struct ListenerSettingsTests {
    private static let required = [
        "TALLY_DATABASE_URL": "postgresql://x@/x", "TALLY_MASTER_KEY_FILE": "/m",
        "TALLY_TOKEN_HASH_KEY_FILE": "/h", "TALLY_KEYS_DATABASE_URL": "postgresql://x@/keys",
    ]

    private static func settings(_ more: [String: String] = [:]) throws -> ServerSettings {
        try ServerSettings(
            reader: ConfigReader(
                provider: EnvironmentVariablesProvider(
                    environmentVariables: required.merging(more) { _, new in new })))
    }

    /// The setting at fault; nil for none.
    private static func fault(_ more: [String: String]) -> String? {
        do {
            _ = try settings(more)
            return nil
        } catch {
            return (error as? ServiceError)?.field ?? "\(error)"
        }
    }

    private static let ranges: [(String, least: Int, most: Int)] = [
        ("TALLY_CONNECTIONS_MAX", 1, 1_000_000),
        ("TALLY_CONNECTIONS_PER_ADDRESS_MAX", 1, 1_000_000),
        ("TALLY_CALLS_MAX", 100, 10_000_000),
        ("TALLY_PARTIAL_FRAME_BYTES_MAX", 67_108_864, 1_099_511_627_776),
        ("TALLY_UNSENT_BYTES_MAX", 67_108_864, 1_099_511_627_776),
        ("TALLY_STREAMS_MAX", 100, 1_000_000),
        ("TALLY_FRAME_BYTES_MAX", 4_194_304, 16_777_216),
        ("TALLY_STREAM_WINDOW_BYTES", 262_144, 2_147_483_647),
        ("TALLY_HELLO_TIMEOUT_SECONDS", 1, 300),
        ("TALLY_FRAME_TIMEOUT_SECONDS", 1, 300),
        ("TALLY_FRAME_BYTES_PER_SECOND_MIN", 1, 1_073_741_824),
        ("TALLY_IDLE_TIMEOUT_SECONDS", 1, 86_400),
        ("TALLY_PONG_TIMEOUT_SECONDS", 1, 300),
        ("TALLY_PINGS_PER_SECOND_MAX", 1, 1_000_000),
        ("TALLY_CALL_TIMEOUT_SECONDS", 1, 86_400),
        ("TALLY_DRAIN_TIMEOUT_SECONDS", 1, 3600),
        ("TALLY_DATABASE_CONNECTIONS", 1, 500),
        ("TALLY_DATABASE_CONNECTIONS_PER_ORGANIZATION", 1, 500),
        ("TALLY_DATABASE_SHORT_TRANSACTIONS_PER_ORGANIZATION", 1, 500),
        ("TALLY_DATABASE_ORGANIZATION_REST_PERCENT", 0, 1000),
        ("TALLY_REPORT_SETS_BYTES_MAX", 0, 1_099_511_627_776),
        ("TALLY_REPORT_EVENTS_MAX", 1, 10_000_000),
        ("TALLY_RATE_LIMIT_OPEN_CALLS_PER_SECOND_PER_ADDRESS", 1, 1_000_000),
    ]

    /// An organization has a connection beside a slow export's and a test's of a key.
    @Test(arguments: [
        (16, 1, 3), (16, 2, 3), (16, 6, 3), (16, 8, 4), (16, 64, 4), (100, 64, 25), (4, 64, 3),
        (2, 64, 2), (1, 64, 1),
    ])
    func connectionsOfAnOrganizationFollowTheProcessors(
        connections: Int, processors: Int, expected: Int
    ) {
        #expect(
            ServerSettings.connectionsPerOrganization(of: connections, processors: processors)
                == expected)
    }

    /// An organization leaves processors of the database to others.
    @Test(arguments: [(3, 1, 1), (3, 2, 1), (3, 6, 3), (4, 64, 4), (25, 64, 25), (1, 64, 1)])
    func shortTransactionsOfAnOrganizationFollowTheProcessors(
        share: Int, processors: Int, expected: Int
    ) {
        #expect(
            ServerSettings.shortTransactionsPerOrganization(of: share, processors: processors)
                == expected)
    }

    /// Tests of keys leave two connections of an organization, where it has so many.
    @Test(arguments: [(1, 1), (2, 1), (3, 1), (4, 2), (25, 2)])
    func testsOfKeysLeaveConnections(connections: Int, expected: Int) {
        #expect(
            ServerSettings.keyTestsOfOneMax(connectionsPerOrganization: connections) == expected)
    }

    @Test(arguments: ranges)
    func everyNumberHasItsRange(variable: String, least: Int, most: Int) throws {
        for text in ["\(least)", "\(most)"] {
            // The transport accepts what the settings do.
            try Self.settings([variable: text]).listener.limits.check()
        }
        for text in ["\(least - 1)", "\(most + 1)", "", "many", "1.5", "9223372036854775808"] {
            #expect(Self.fault([variable: text]) == variable, "\(text)")
        }
    }

    @Test(.rule(1, 7, 9, 10)) func defaultsAreThoseOfTheProtocol() throws {
        let limits = try Self.settings().listener.limits
        #expect(String(reflecting: limits) == String(reflecting: RPCLimits()))
    }

    @Test func everyNumberReachesItsLimit() throws {
        let limits = try Self.settings([
            "TALLY_CONNECTIONS_MAX": "11", "TALLY_CONNECTIONS_PER_ADDRESS_MAX": "12",
            "TALLY_STREAMS_MAX": "113", "TALLY_FRAME_BYTES_MAX": "4194305",
            "TALLY_STREAM_WINDOW_BYTES": "262145", "TALLY_HELLO_TIMEOUT_SECONDS": "14",
            "TALLY_FRAME_TIMEOUT_SECONDS": "15", "TALLY_FRAME_BYTES_PER_SECOND_MIN": "16",
            "TALLY_IDLE_TIMEOUT_SECONDS": "17", "TALLY_PONG_TIMEOUT_SECONDS": "18",
            "TALLY_PINGS_PER_SECOND_MAX": "19", "TALLY_CALL_TIMEOUT_SECONDS": "20",
            "TALLY_DRAIN_TIMEOUT_SECONDS": "21", "TALLY_CALLS_MAX": "122",
            "TALLY_PARTIAL_FRAME_BYTES_MAX": "67108865", "TALLY_UNSENT_BYTES_MAX": "67108866",
        ]).listener.limits
        #expect(limits.connectionCountMax == 11)
        #expect(limits.connectionCountPerAddressMax == 12)
        #expect(limits.streamCountMax == 113)
        #expect(limits.frameByteCountMax == 4_194_305)
        #expect(limits.streamWindow == 262_145)
        #expect(limits.helloTimeout == .seconds(14))
        #expect(limits.frameTimeout == .seconds(15))
        #expect(limits.frameBytesPerSecondMin == 16)
        #expect(limits.idleTimeout == .seconds(17))
        #expect(limits.pongTimeout == .seconds(18))
        #expect(limits.pingCountPerSecondMax == 19)
        #expect(limits.callTimeout == .seconds(20))
        #expect(limits.drainTimeout == .seconds(21))
        #expect(limits.waitingCallCountMax == 122)
        #expect(limits.partialFrameByteCountMax == 67_108_865)
        #expect(limits.unsentByteCountMax == 67_108_866)
    }

    @Test func clientsAreAskedAsTheOperatorSays() throws {
        let own = ["TALLY_TLS_CERTIFICATE_FILE": "/c", "TALLY_TLS_KEY_FILE": "/k"]
        #expect(try Self.settings().tls == nil)
        #expect(try Self.settings(own).tls?.clientAuthorityFile == nil)
        let mutual = own.merging(["TALLY_TLS_CLIENT_AUTHORITY_FILE": "/a"]) { $1 }
        #expect(try Self.settings(mutual).tls?.clientAuthorityFile == "/a")
        #expect(try Self.settings(mutual).tls?.clientCertificate == .required)
        let choice = "TALLY_TLS_CLIENT_CERTIFICATE"
        let optional = mutual.merging([choice: "optional"]) { $1 }
        #expect(try Self.settings(optional).tls?.clientCertificate == .optional)
        #expect(Self.fault(mutual.merging([choice: "perhaps"]) { $1 }) == choice)
        #expect(
            Self.fault(["TALLY_TLS_CLIENT_AUTHORITY_FILE": "/a"]) == "TALLY_TLS_CERTIFICATE_FILE")
    }
}
