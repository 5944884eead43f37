import API
import Core
import ServiceRuntime
import Testing

@testable import TenantService

@Suite struct TokenRequestTests {
    private static let now = Instant(seconds: 1_790_000_000)

    @Test(arguments: [
        (CallerRole.owner, [Role.owner, .admin, .finance, .analyst, .ingest]),
        (.admin, [.admin, .finance, .analyst, .ingest]),
        (.finance, [.finance, .analyst]),
        (.analyst, [.analyst]),
        (.ingest, [.ingest]),
        (.operator, []),
    ])
    func nobodyHandsOutMoreThanTheyMay(_ caller: CallerRole, _ allowed: [Role]) {
        for role in [Role.owner, .admin, .finance, .analyst, .ingest] {
            let request = CreateTokenRequest(displayName: "T", role: role)
            let refusal = reason {
                _ = try TokenRequest(wire: request, caller: caller, now: Self.now)
            }
            #expect(refusal == (allowed.contains(role) ? "" : "ROLE_ABOVE_CALLER role"))
        }
    }

    @Test(arguments: [
        (Role.unspecified, "ROLE_REQUIRED role"),
        (.operator, "ROLE_BELONGS_TO_THE_PLATFORM role"),
        (Role(rawValue: 7), "ROLE_UNKNOWN role"),
        (Role(rawValue: -1), "ROLE_UNKNOWN role"),
        (Role(rawValue: 65537), "ROLE_UNKNOWN role"),
        (Role(rawValue: .max), "ROLE_UNKNOWN role"),
    ])
    func otherRolesAreRefused(_ role: Role, _ expected: String) {
        let request = CreateTokenRequest(displayName: "T", role: role)
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
        let request = CreateTokenRequest(displayName: "T", role: .ingest, expireTime: time)
        #expect(
            reason { _ = try TokenRequest(wire: request, caller: .owner, now: Self.now) }
                == expected)
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
            reason { _ = try RevocableTokenID(id, inUse: "qrstuvwxyz234567") } == expected)
    }
}
