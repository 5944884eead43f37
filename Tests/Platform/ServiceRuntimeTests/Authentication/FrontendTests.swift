import API
import Core
import Domain
import Postgres
import RPC
import Synchronization
import ServiceRuntime
import TestSupport
import Testing

/// Internal frontends act for members, one named with each call.
@Suite struct FrontendTests {
    private func member(
        _ email: String, _ roles: CallerRoles, units: [String] = [], _ fixture: RuntimeFixture
    ) async throws {
        try await fixture.member(email, roles, units: units)
    }

    @Test(.section(.metadataKeys)) func callsHaveTheRightsOfTheMemberNamed() async throws {
        try await RuntimeFixture.with { fixture in
            try await member("Ann@example.com", .analyst, fixture)
            try await member("Bob@example.com", .owner, fixture)
            try await member("Eve@example.com", .unitOwner, units: ["x"], fixture)
            let token = try await fixture.token(role: .frontend)
            let seen = Seen()
            let router = fixture.router { request, call in
                seen.note(call.caller)
                return try await RuntimeFixture.answer(request, call)
            }
            let call = { (method: String, person: String) in
                try await fixture.call(
                    method, token: token, metadata: ["tally-on-behalf-of": person], router: router)
            }
            // Compared without case; the log has the address as the organization wrote it.
            let answer = try await call(RuntimeFixture.Get.name, "aNN@EXAMPLE.com")
            #expect(answer.displayName == "Ann@example.com")
            #expect(seen.last?.roles == .analyst)
            await expect(.permissionDenied, "ROLE_NOT_ALLOWED") {
                try await call(RuntimeFixture.List.name, "ann@example.com")
            }
            _ = try await call(RuntimeFixture.List.name, "bob@example.com")
            _ = try await call(RuntimeFixture.Get.name, "eve@example.com")
            #expect(seen.last?.units.codes == ["x"])
        }
    }

    @Test func whoIsNoMemberIsNotActedFor() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token(role: .frontend)
            let other = OrganizationID.make()
            let session = try await fixture.database.session()
            try await session.execute(
                """
                INSERT INTO organizations VALUES ('\(other)', 'second', 'Second', 'UTC', 'USD', now());
                """)
            await session.close()
            try await fixture.member("theirs@example.com", .owner, of: other)
            try await fixture.member("ours@example.com", .owner)
            for person in ["nobody@example.com", "theirs@example.com", "*", "%", "' OR true --"] {
                await expect(.permissionDenied, "MEMBER_NOT_FOUND") {
                    try await fixture.call(
                        token: token, metadata: ["tally-on-behalf-of": person])
                }
            }
            // By itself a frontend may do next to nothing.
            await expect(.permissionDenied, "ROLE_NOT_ALLOWED") {
                try await fixture.call(token: token)
            }
        }
    }

    /// Also where `Hello` names the person, and the connection keeps who calls.
    @Test(arguments: [false, true])
    func whoWasRemovedIsActedForNoLongerThanASecond(_ isOfHello: Bool) async throws {
        try await RuntimeFixture.with { fixture in
            try await member("ann@example.com", .analyst, fixture)
            let token = try await fixture.token(role: .frontend)
            let scope = RPCConnectionScope()
            let router = fixture.router()
            let refusal = {
                try await fixture.reason(
                    RuntimeFixture.Get.name, token: token,
                    hello: isOfHello ? "ann@example.com" : "nobody@example.com",
                    open: isOfHello ? nil : "ann@example.com", scope: scope, router: router)
            }
            #expect(try await refusal() == nil)
            let session = try await fixture.database.session()
            try await session.execute("DELETE FROM members")
            await session.close()
            let removed = ContinuousClock.now
            var wasRefused = false
            while !wasRefused, ContinuousClock.now - removed < .seconds(20) {
                let asked = ContinuousClock.now
                let reason = try await refusal()
                wasRefused = reason != nil
                #expect(reason == (wasRefused ? "MEMBER_NOT_FOUND" : nil))
                if !wasRefused { #expect(asked - removed <= .seconds(1)) }
            }
            #expect(wasRefused)
        }
    }

    /// Of any other token the name is what the caller says, and gives nothing.
    @Test func otherTokensKeepTheirOwnRights() async throws {
        try await RuntimeFixture.with { fixture in
            try await member("bob@example.com", .owner, fixture)
            let token = try await fixture.token(role: .analyst)
            await expect(.permissionDenied, "ROLE_NOT_ALLOWED") {
                try await fixture.call(
                    RuntimeFixture.List.name, token: token,
                    metadata: ["tally-on-behalf-of": "bob@example.com"])
            }
        }
    }

    /// Calls of one connection that name different people are different callers.
    @Test func onePersonsRightsAreNotAnothersOnTheSameConnection() async throws {
        try await RuntimeFixture.with { fixture in
            try await member("ann@example.com", .analyst, fixture)
            try await member("bob@example.com", .owner, fixture)
            let token = try await fixture.token(role: .frontend)
            let connection = RPCConnectionScope()
            let router = fixture.router()
            for _ in 0..<2 {
                for (hello, open, isOwner) in [
                    ("bob@example.com", nil, true), ("bob@example.com", "ann@example.com", false),
                    ("ann@example.com", nil, false), ("ann@example.com", "bob@example.com", true),
                ] as [(String, String?, Bool)] {
                    // A connection says Hello once; only one person is kept for it.
                    let scope = hello == "bob@example.com" ? connection : RPCConnectionScope()
                    let reason = try await fixture.reason(
                        RuntimeFixture.List.name, token: token, hello: hello, open: open,
                        scope: scope, router: router)
                    #expect(
                        reason == (isOwner ? nil : "ROLE_NOT_ALLOWED"), "\(hello) \(open ?? "")")
                }
            }
        }
    }
}

/// The caller of the last call.
private final class Seen: Sendable {
    private let caller = Mutex<Caller?>(nil)

    func note(_ caller: Caller) {
        self.caller.withLock { $0 = caller }
    }

    var last: Caller? { caller.withLock { $0 } }
}
