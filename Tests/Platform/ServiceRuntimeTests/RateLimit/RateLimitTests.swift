import API
import Core
import Domain
import Encryption
import Synchronization
import TestSupport
import Testing

@testable import ServiceRuntime

/// Limits in virtual time, over the whole chain of interceptors.
@Suite struct RateLimitTests {
    /// Time that tests set.
    private final class Time: Sendable {
        private let nanoseconds = Atomic<Int64>(5_000_000_000)
        var clock: MonotonicClock {
            MonotonicClock { self.nanoseconds.load(ordering: .relaxed) }
        }
        func pass(_ count: Int64) { nanoseconds.add(count, ordering: .relaxed) }
    }

    private func refusal(_ body: () async throws -> some Sendable) async -> ServiceError? {
        do {
            _ = try await body()
            return nil
        } catch {
            return error as? ServiceError
        }
    }

    private func limiter(
        token: Int, organization: Int, open: Int = 1000, _ time: Time
    ) -> CallRateLimiter {
        CallRateLimiter(
            source: UniformCallRateLimits(
                CallRateLimits(
                    perToken: RateLimit(perSecond: token),
                    perOrganization: RateLimit(perSecond: organization))),
            openCallsPerAddress: RateLimit(perSecond: open), clock: time.clock)
    }

    @Test func tokensAndOrganizationsKeepToTheirRates() async throws {
        try await RuntimeFixture.with { fixture in
            let time = Time()
            let router = fixture.router(
                limiter: limiter(token: 4, organization: 6, time))
            let first = try await fixture.token()
            let second = try await fixture.token()
            for _ in 0..<4 { try await fixture.call(token: first, router: router) }
            let error = await refusal { try await fixture.call(token: first, router: router) }
            #expect(error == ServiceError(.resourceExhausted, "RATE_LIMITED", ""))
            #expect(error?.retryAfter == .milliseconds(250))
            // The organization has two left, whatever was refused.
            for _ in 0..<2 { try await fixture.call(token: second, router: router) }
            #expect(
                await refusal { try await fixture.call(token: second, router: router) } != nil)
            // Another organization has all of its own.
            let other = try await ScratchOrganization.make(in: fixture.database).id
            let theirs = try await fixture.token(of: other)
            for _ in 0..<4 { try await fixture.call(token: theirs, router: router) }
            time.pass(250_000_000)
            try await fixture.call(token: first, router: router)
        }
    }

    /// Rule 13: "Metadata, token, method, permission, rate limit, request".
    @Test(.rule(13)) func rateIsCheckedAfterPermissionAndBeforeTheRequest() async throws {
        try await RuntimeFixture.with { fixture in
            let time = Time()
            let router = fixture.router(
                limiter: limiter(token: 1, organization: 10, time))
            let analyst = try await fixture.token(role: .analyst)
            let broken: [UInt8] = [0xFF]
            for _ in 0..<3 {
                await expect(.permissionDenied, "ROLE_NOT_ALLOWED") {
                    try await fixture.call(
                        RuntimeFixture.List.name, token: analyst, message: broken, router: router)
                }
                await expect(.unimplemented, "METHOD_UNKNOWN") {
                    try await fixture.call("tally.v1.No/Such", token: analyst, router: router)
                }
            }
            try await fixture.call(token: analyst, router: router)
            await expect(.resourceExhausted, "RATE_LIMITED") {
                try await fixture.call(token: analyst, message: broken, router: router)
            }
            // Calls that need no token have a rate of their own.
            for _ in 0..<3 {
                try await fixture.call(RuntimeFixture.Check.name, router: router)
            }
        }
    }

    /// What a token was made with stands in the directory; a plan is the organization's.
    @Test func tokensKeepToRatesOfTheirOwn() async throws {
        try await RuntimeFixture.with { fixture in
            let time = Time()
            let router = fixture.router(
                limiter: CallRateLimiter(
                    source: PlannedCallRateLimits(
                        standard: CallRateLimits(
                            perToken: RateLimit(perSecond: 5),
                            perOrganization: RateLimit(perSecond: 8))),
                    openCallsPerAddress: RateLimit(perSecond: 1), clock: time.clock))
            let slow = try await fixture.token(callsPerSecond: 2)
            for _ in 0..<2 { try await fixture.call(token: slow, router: router) }
            let error = await refusal { try await fixture.call(token: slow, router: router) }
            #expect(error == ServiceError(.resourceExhausted, "RATE_LIMITED", ""))
            #expect(error?.retryAfter == .milliseconds(500))
            // More than the server's own limit, up to what the organization may do.
            let fast = try await fixture.token(callsPerSecond: 100)
            for _ in 0..<6 { try await fixture.call(token: fast, router: router) }
            #expect(await refusal { try await fixture.call(token: fast, router: router) } != nil)
        }
    }

    @Test func openCallsKeepToTheRateOfTheirAddress() async throws {
        try await RuntimeFixture.with { fixture in
            let time = Time()
            let router = fixture.router(limiter: limiter(token: 9, organization: 9, open: 2, time))
            let check = { (address: String, token: String?) async throws in
                _ = try await fixture.call(
                    RuntimeFixture.Check.name, token: token, from: address, router: router)
            }
            let token = try await fixture.token()
            try await check("192.0.2.1", nil)
            // A token makes an open call no other.
            try await check("192.0.2.1", token)
            let error = await refusal { try await check("192.0.2.1", nil) }
            #expect(error == ServiceError(.resourceExhausted, "RATE_LIMITED", ""))
            #expect(error?.retryAfter == .milliseconds(500))
            // One party has all of a /64.
            for address in ["2001:db8::1", "2001:db8::2"] { try await check(address, nil) }
            #expect(await refusal { try await check("2001:db8::3", nil) } != nil)
            try await check("2001:db8:0:1::1", nil)
            // Who calls with a token is not concerned, nor is the machine itself.
            try await fixture.call(token: token, from: "192.0.2.1", router: router)
            for address in ["unix", "127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"] {
                for _ in 0..<4 { try await check(address, nil) }
            }
            for address in ["128.0.0.1", "::2", "in-process"] {
                for _ in 0..<2 { try await check(address, nil) }
                #expect(await refusal { try await check(address, nil) } != nil)
            }
            time.pass(500_000_000)
            try await check("192.0.2.1", nil)
        }
    }

    /// A source that counts how often it is asked, and knows one token and one slug.
    private final class CountingSource: TokenSource {
        let asked = Atomic<Int>(0)
        let askedSlugs = Atomic<Int>(0)
        private let known: TokenRecord

        init(known: TokenRecord) {
            self.known = known
        }

        /// One that knows `token`.
        convenience init(_ token: TokenText, _ fixture: RuntimeFixture) throws {
            self.init(
                known: TokenRecord(
                    id: token.id, organizationID: fixture.organizationID,
                    keyedHash: try fixture.keyedHash.hash(token.hashed), roles: .owner))
        }

        func token(id: String) async throws -> TokenRecord? {
            asked.add(1, ordering: .relaxed)
            // Lets the other calls begin before this one ends.
            await Task.yield()
            return id == known.id ? known : nil
        }

        func isSlug(_ slug: String, of organization: OrganizationID) async throws -> Bool {
            askedSlugs.add(1, ordering: .relaxed)
            await Task.yield()
            return slug == "acme" && organization == known.organizationID
        }

        func member(email: String, of organization: OrganizationID) async throws -> MemberRecord? {
            nil
        }
    }

    @Test func floodOfWrongTokensDoesNotReachTheDatabase() async throws {
        try await RuntimeFixture.with { fixture in
            let time = Time()
            let good = try TokenText()
            let source = try CountingSource(good, fixture)
            let router = fixture.router(
                directory: TokenDirectory(source: source),
                guesses: TokenGuessLimiter(
                    limit: RateLimit(perSecond: 5, burstSeconds: 2), clock: time.clock))
            try await fixture.call(token: good.text.reveal(), router: router)
            #expect(source.asked.load(ordering: .relaxed) == 1)

            let reasons = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<500 {
                    let wrong = try TokenText().text.reveal()
                    group.addTask {
                        let error = await refusal {
                            try await fixture.call(token: wrong, router: router)
                        }
                        return error?.reason.rawValue ?? "none"
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
            }
            #expect(reasons == ["TOKEN_INVALID": 10, "RATE_LIMITED": 490])
            #expect(source.asked.load(ordering: .relaxed) == 11)
            // Who is known is served, from the same address too.
            try await fixture.call(token: good.text.reveal(), router: router)
            // Others wait as long as they are told.
            let wrong = try TokenText().text.reveal()
            let error = await refusal { try await fixture.call(token: wrong, router: router) }
            #expect(error?.retryAfter == .milliseconds(200))
            time.pass(200_000_000)
            await expect(.unauthenticated, "TOKEN_INVALID") {
                try await fixture.call(token: wrong, router: router)
            }
        }
    }

    /// The id of a token is public: a wrong secret with it says nothing against its holder.
    @Test func wrongSecretsDoNotShutOutTheHolder() async throws {
        try await RuntimeFixture.with { fixture in
            let good = try TokenText()
            let token = good.text.reveal()
            let source = try CountingSource(good, fixture)
            let router = fixture.router(
                directory: TokenDirectory(source: source),
                guesses: TokenGuessLimiter(limit: RateLimit(perSecond: 2), clock: Time().clock))
            try await fixture.call(token: token, router: router)
            let forged = "tly_\(good.id)_\(try TokenText().secret.reveal())"
            await expect(.unauthenticated, "TOKEN_INVALID") {
                try await fixture.call(token: forged, router: router)
            }
            // The network spends what it has.
            for _ in 0..<4 {
                let wrong = try TokenText().text.reveal()
                _ = await refusal { try await fixture.call(token: wrong, router: router) }
            }
            await expect(.resourceExhausted, "RATE_LIMITED") {
                try await fixture.call(token: try TokenText().text.reveal(), router: router)
            }
            for _ in 0..<10 {
                await expect(.unauthenticated, "TOKEN_INVALID") {
                    try await fixture.call(token: forged, router: router)
                }
                try await fixture.call(token: token, router: router)
            }
        }
    }

    /// Slugs are looked up before a token's rate is charged.
    @Test func floodOfSlugsDoesNotReachTheDatabase() async throws {
        try await RuntimeFixture.with { fixture in
            let time = Time()
            let good = try TokenText()
            let token = good.text.reveal()
            let source = try CountingSource(good, fixture)
            let router = fixture.router(
                directory: TokenDirectory(source: source),
                guesses: TokenGuessLimiter(
                    limit: RateLimit(perSecond: 5, burstSeconds: 2), clock: time.clock))
            let started = ContinuousClock.now
            for _ in 0..<200 {
                try await fixture.call(
                    token: token, metadata: ["tally-org": "acme"], router: router)
            }
            // One that is found is kept for a second.
            let seconds = Int((ContinuousClock.now - started).components.seconds)
            let askedForOwn = source.askedSlugs.load(ordering: .relaxed)
            #expect((1...(seconds + 2)).contains(askedForOwn))

            var reasons: [String: Int] = [:]
            for index in 0..<100 {
                let error = await refusal {
                    try await fixture.call(
                        token: token, metadata: ["tally-org": "slug-\(index)"], router: router)
                }
                reasons[error?.reason.rawValue ?? "none", default: 0] += 1
                #expect(error?.field == "tally-org")
            }
            #expect(reasons == ["ORGANIZATION_NOT_FOUND": 10, "RATE_LIMITED": 90])
            #expect(source.askedSlugs.load(ordering: .relaxed) == askedForOwn + 10)
            // What is in use passes.
            for metadata in [[:], ["tally-org": "acme"]] {
                try await fixture.call(token: token, metadata: metadata, router: router)
            }
        }
    }

    /// A client begins with as many calls at once as it likes.
    @Test func manyCallsWithOneNewTokenCountForNothing() async throws {
        try await RuntimeFixture.with { fixture in
            let guesses = TokenGuessLimiter(limit: RateLimit(perSecond: 1), clock: Time().clock)
            let router = fixture.router(guesses: guesses)
            let token = try await fixture.token()
            let wrong = try TokenText().text.reveal()
            for (token, expected) in [
                (token, "none"), (wrong, "TOKEN_INVALID"), (wrong, "RATE_LIMITED"), (token, "none"),
            ] {
                let reasons = await withTaskGroup(of: String.self) { group in
                    for _ in 0..<64 {
                        group.addTask {
                            await refusal {
                                try await fixture.call(token: token, router: router)
                            }?.reason.rawValue ?? "none"
                        }
                    }
                    return await group.reduce(into: Set()) { $0.insert($1) }
                }
                // Of calls at once some may come after the first have ended.
                #expect(reasons.subtracting(["RATE_LIMITED"]).subtracting([expected]).isEmpty)
                #expect(reasons.contains(expected))
                if expected == "none" { #expect(reasons == ["none"]) }
            }
        }
    }

    @Test func manyNewTokensThatAreValidCountForNothing() async throws {
        try await RuntimeFixture.with { fixture in
            let router = fixture.router(
                guesses: TokenGuessLimiter(limit: RateLimit(perSecond: 1), clock: Time().clock))
            for _ in 0..<5 {
                try await fixture.call(token: try await fixture.token(), router: router)
            }
        }
    }
}
