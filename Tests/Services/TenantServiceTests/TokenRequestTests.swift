import API
import Core
import ServiceRuntime
import Testing

@testable import TenantService

@Suite struct TokenRequestTests {
    private static let now = Instant(seconds: 1_790_000_000)

    @Test(arguments: [
        (Role.unspecified, "ROLE_UNSPECIFIED roles"),
        (.operator, "ROLE_BELONGS_TO_THE_PLATFORM roles"),
        (Role(rawValue: 11), "ROLE_UNKNOWN roles"),
        (Role(rawValue: -1), "ROLE_UNKNOWN roles"),
        (Role(rawValue: 65537), "ROLE_UNKNOWN roles"),
        (Role(rawValue: .max), "ROLE_UNKNOWN roles"),
    ])
    func otherRolesAreRefused(_ role: Role, _ expected: String) {
        let request = CreateTokenRequest(displayName: "T", roles: [role])
        #expect(
            reason { _ = try TokenRequest(wire: request, caller: .owner, now: Self.now) }
                == expected)
    }

    @Test(arguments: [
        (Timestamp(now.advanced(byMicroseconds: 1)), ""),
        (Timestamp(now), "EXPIRE_TIME_NOT_IN_FUTURE expire_time"),
        (Timestamp(seconds: now.seconds, nanos: 999), "EXPIRE_TIME_NOT_IN_FUTURE expire_time"),
        (Timestamp(seconds: -1), "EXPIRE_TIME_NOT_IN_FUTURE expire_time"),
        (Timestamp(seconds: now.seconds, nanos: -1), "TIMESTAMP_OUT_OF_RANGE expire_time"),
        (Timestamp(seconds: .max), "TIMESTAMP_OUT_OF_RANGE expire_time"),
    ])
    func tokensExpireInTheFuture(_ time: Timestamp, _ expected: String) {
        let request = CreateTokenRequest(displayName: "T", roles: [.ingest], expireTime: time)
        #expect(
            reason { _ = try TokenRequest(wire: request, caller: .owner, now: Self.now) }
                == expected)
    }

    @Test func networksAreBoundedAndReadStrictly() throws {
        let check = { (addresses: [String]) in
            reason {
                _ = try TokenRequest(
                    wire: CreateTokenRequest(
                        displayName: "T", roles: [.ingest], sourceAddresses: addresses),
                    caller: .owner, now: Self.now)
            }
        }
        #expect(check((0..<32).map { "192.0.2.\($0)" }) == "")
        #expect(
            check((0..<33).map { "192.0.2.\($0)" })
                == "TOO_MANY_SOURCE_ADDRESSES source_addresses")
        #expect(check(["example.com"]) == "SOURCE_ADDRESS_MALFORMED source_addresses")
        #expect(check(["192.0.2.1/24"]) == "SOURCE_ADDRESS_HAS_HOST_BITS source_addresses")
        let twice = try TokenRequest(
            wire: CreateTokenRequest(
                displayName: "T", roles: [.ingest],
                sourceAddresses: ["::ffff:192.0.2.1", "192.0.2.1/32"]),
            caller: .owner, now: Self.now)
        #expect(twice.rights.sourceNetworks.map(\.text) == ["192.0.2.1"])
    }

    @Test(arguments: [
        (Int32(0), nil as Int?, ""), (1, nil, ""), (1_000_000, nil, ""), (5, 5, ""), (1, 5, ""),
        (-1, nil, "CALLS_PER_SECOND_OUT_OF_RANGE calls_per_second_max"),
        (.min, nil, "CALLS_PER_SECOND_OUT_OF_RANGE calls_per_second_max"),
        (1_000_001, nil, "CALLS_PER_SECOND_OUT_OF_RANGE calls_per_second_max"),
        (6, 5, "CALLS_PER_SECOND_BEYOND_CALLER calls_per_second_max"),
        (0, 5, "CALLS_PER_SECOND_BEYOND_CALLER calls_per_second_max"),
    ])
    func ratesAreBoundedByTheCallersOwn(_ rate: Int32, _ own: Int?, _ expected: String) {
        let request = CreateTokenRequest(
            displayName: "T", roles: [.ingest], callsPerSecondMax: rate)
        #expect(
            reason {
                _ = try TokenRequest(
                    wire: request, caller: .owner, limits: TokenLimits(callsPerSecondMax: own),
                    now: Self.now)
            } == expected)
    }

    @Test(arguments: [
        (Int64(0), nil as Int64?, ""), (1, nil, ""), (1_000_000_000_000, nil, ""), (5, 5, ""),
        (-1, nil, "EVENTS_PER_DAY_OUT_OF_RANGE events_per_day_max"),
        (.min, nil, "EVENTS_PER_DAY_OUT_OF_RANGE events_per_day_max"),
        (1_000_000_000_001, nil, "EVENTS_PER_DAY_OUT_OF_RANGE events_per_day_max"),
        (6, 5, "EVENTS_PER_DAY_BEYOND_CALLER events_per_day_max"),
        (0, 5, "EVENTS_PER_DAY_BEYOND_CALLER events_per_day_max"),
    ])
    func quotasAreBoundedByTheCallersOwn(_ quota: Int64, _ own: Int64?, _ expected: String) {
        let request = CreateTokenRequest(
            displayName: "T", roles: [.ingest], eventsPerDayMax: quota)
        #expect(
            reason {
                _ = try TokenRequest(
                    wire: request, caller: .owner, limits: TokenLimits(eventsPerDayMax: own),
                    now: Self.now)
            } == expected)
    }

    @Test(arguments: [
        ("abcdefghijklmnop", ""),
        ("qrstuvwxyz234567", "TOKEN_IN_USE id"),
        ("", "TOKEN_ID_MALFORMED id"),
        ("abcdefghijklmno", "TOKEN_ID_MALFORMED id"),
        ("abcdefghijklmnopq", "TOKEN_ID_MALFORMED id"),
        ("ABCDEFGHIJKLMNOP", "TOKEN_ID_MALFORMED id"),
        ("abcdefghijklmno1", "TOKEN_ID_MALFORMED id"),
        ("tly_abcdefghijkl", "TOKEN_ID_MALFORMED id"),
    ])
    func tokensToRevokeAreOthers(_ id: String, _ expected: String) {
        #expect(
            reason { _ = try TokenID(revoking: id, inUse: "qrstuvwxyz234567") } == expected)
    }
}
