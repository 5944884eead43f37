import API
import Core
import Domain
import Postgres
import RPC
import ServiceRuntime
import Synchronization
import TestSupport
import Testing
import Wire

@Suite(.section(.metadataKeys)) struct IdempotencyTests {
    @Test func repeatedCallsGiveTheRecordedAnswer() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let first = try await fixture.create(key: "k", token: token)
            #expect(try await fixture.create(key: "k", token: token) == first)
            #expect(try await fixture.effects() == 1)
            // The default answers differently each time it is carried out.
            #expect(try await fixture.create(key: "another", token: token) != first)
            #expect(try await fixture.effects() == 2)
        }
    }

    @Test func callsAtTheSameTimeTakeEffectOnce() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let router = fixture.router()
            let answers = try await withThrowingTaskGroup(of: [UInt8].self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await fixture.create(key: "k", token: token, router: router)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count == 20)
            #expect(Set(answers).count == 1)
            #expect(try await fixture.effects() == 1)
        }
    }

    @Test func anotherRequestUnderTheSameKeyIsRefused() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let colleague = try await fixture.token(role: .admin)
            let first = try await fixture.create("a", key: "k", token: token)
            let reused = "IDEMPOTENCY_KEY_REUSED"
            await expect(.failedPrecondition, reused) {
                try await fixture.create("b", key: "k", token: token)
            }
            // Somebody else must not be shown an answer that may hold a secret.
            await expect(.failedPrecondition, reused) {
                try await fixture.create("a", key: "k", token: colleague)
            }
            await expect(.failedPrecondition, reused) {
                try await fixture.create(
                    "a", key: "k", token: token, metadata: ["tally-on-behalf-of": "zoë"])
            }
            #expect(try await fixture.create("a", key: "k", token: token) == first)
            #expect(try await fixture.effects() == 1)
        }
    }

    @Test func organizationsKeysAreTheirOwn() async throws {
        try await RuntimeFixture.with { fixture in
            let other = try await ScratchOrganization.make(in: fixture.database).id
            try await fixture.keys.makeKeys(of: other)
            let ours = try await fixture.token()
            let theirs = try await fixture.token(of: other)
            let first = try await fixture.create(key: "k", token: ours)
            let second = try await fixture.create(key: "k", token: theirs)
            #expect(first != second)
            #expect(try await fixture.effects() == 1)
            #expect(try await fixture.effects(of: other) == 1)
            #expect(try await fixture.create(key: "k", token: ours) == first)
            #expect(try await fixture.create(key: "k", token: theirs) == second)
        }
    }

    @Test func failedCallsLeaveNothingAndFreeTheirKey() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let failing = fixture.router(create: { request, call in
                _ = try await RuntimeFixture.create(request, call)
                throw ServiceError(.notFound, "FOR_THE_TEST", "after the effect")
            })
            await expect(.notFound, "FOR_THE_TEST") {
                try await fixture.create(key: "k", token: token, router: failing)
            }
            #expect(try await fixture.effects() == 0)
            #expect(try await fixture.texts("SELECT 1 FROM recorded_calls").isEmpty)
            try await fixture.create("another request", key: "k", token: token)
            #expect(try await fixture.effects() == 1)
        }
    }

    /// The server, or its connection to the database, dies between the effect and the answer.
    @Test func callsCutOffLeaveNothingAndFreeTheirKey() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let dying = fixture.router(create: { request, call in
                let unit = try await RuntimeFixture.create(request, call)
                _ = try await fixture.texts(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND state = 'idle in transaction'
                    """)
                return unit
            })
            await expect(.unavailable, "DATABASE_UNAVAILABLE") {
                try await fixture.create(key: "k", token: token, router: dying)
            }
            #expect(try await fixture.effects() == 0)
            try await fixture.create(key: "k", token: token)
            #expect(try await fixture.effects() == 1)
        }
    }

    @Test func keysEndAfter24Hours() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let first = try await fixture.create(key: "k", token: token)
            let kept = try await fixture.texts(
                "SELECT expires_at - recorded_at FROM recorded_calls")
            #expect(kept == [["1 day"]])
            _ = try await fixture.texts(
                """
                UPDATE recorded_calls SET recorded_at = now() - interval '24 hours',
                    expires_at = now()
                """)
            let second = try await fixture.create("another request", key: "k", token: token)
            #expect(second != first)
            #expect(try await fixture.create("another request", key: "k", token: token) == second)
            #expect(try await fixture.effects() == 2)
        }
    }

    @Test func answersAreSealedAtRest() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let secret = "tly_shown_once_only"
            let router = fixture.router(create: { _, _ in BusinessUnit(displayName: secret) })
            let request = "the request is not stored"
            let answer = try await fixture.create(request, key: "k", token: token, router: router)
            #expect(try BusinessUnit(serialized: answer).displayName == secret)
            let digits =
                try await fixture.texts(
                    """
                    SELECT encode(sealed_answer || request_hash
                        || convert_to(r::text, 'UTF8'), 'hex')
                    FROM recorded_calls AS r
                    """
                ).first?.first ?? nil
            let row = try #require(digits)
            for plain in [secret, request] {
                let hex = plain.utf8.map { String($0, radix: 16) }.joined()
                #expect(!row.contains(hex))
            }
            #expect(try await fixture.create(request, key: "k", token: token) == answer)
        }
    }

    @Test func answersOpenUnderTheirOwnKeyAlone() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            try await fixture.create(key: "k", token: token)
            _ = try await fixture.texts("UPDATE recorded_calls SET key = 'moved'")
            await #expect(throws: (any Error).self) {
                try await fixture.create(key: "moved", token: token)
            }
            #expect(try await fixture.effects() == 1)
        }
    }

    @Test(arguments: [
        (String(repeating: "k", count: 255), true), (" ~", true), ("k", true),
        (String(repeating: "k", count: 256), false), ("ключ", false), ("a\u{7F}", false),
        ("a\u{1F}", false), ("a\u{0}", false), ("\n", false),
    ])
    func keysArePrintableASCII(key: String, isTaken: Bool) async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            if isTaken {
                try await fixture.create(key: key, token: token)
            } else {
                await expect(.invalidArgument, "IDEMPOTENCY_KEY_MALFORMED") {
                    try await fixture.create(key: key, token: token)
                }
            }
            #expect(try await fixture.effects() == (isTaken ? 1 : 0))
        }
    }

    @Test func methodsThatAreSafeToRepeatIgnoreTheKey() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let key = ["idempotency-key": "k"]
            for method in [
                RuntimeFixture.Get.name, RuntimeFixture.Ingest.name, RuntimeFixture.Ingest.name,
            ] {
                try await fixture.call(method, token: token, metadata: key)
            }
            try await fixture.call(RuntimeFixture.Check.name, metadata: key)
            #expect(try await fixture.effects() == 2)
            #expect(try await fixture.texts("SELECT 1 FROM recorded_calls").isEmpty)
            // An empty value is no key.
            try await fixture.create(key: "", token: token)
            #expect(try await fixture.texts("SELECT 1 FROM recorded_calls").isEmpty)
        }
    }

    /// Rule 13: a key is looked at after token, method and permission.
    @Test(.rule(13)) func keysAreLookedAtAfterPermission() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let analyst = try await fixture.token(role: .analyst)
            let key = ["idempotency-key": "\u{0}"]
            let create = RuntimeFixture.Create.name
            await expect(.unauthenticated, "TOKEN_MISSING") {
                try await fixture.call(create, metadata: key)
            }
            await expect(.unimplemented, "METHOD_UNKNOWN") {
                try await fixture.call("tally.v1.Nothing/Here", token: token, metadata: key)
            }
            await expect(.permissionDenied, "ROLE_NOT_ALLOWED") {
                try await fixture.call(create, token: analyst, metadata: key)
            }
            await expect(.invalidArgument, "IDEMPOTENCY_KEY_MALFORMED") {
                try await fixture.call(create, token: token, metadata: key, message: [0xFF])
            }
        }
    }

    @Test func answersTooLargeToRecordUndoTheirCall() async throws {
        try await RuntimeFixture.with { fixture in
            let token = try await fixture.token()
            let length = Mutex(1_048_500)
            let router = fixture.router(create: { request, call in
                var unit = try await RuntimeFixture.create(request, call)
                unit.displayName = String(repeating: "x", count: length.withLock { $0 })
                return unit
            })
            try await fixture.create(key: "fits", token: token, router: router)
            #expect(try await fixture.effects() == 1)
            length.withLock { $0 = 1_048_576 }
            await expect(.resourceExhausted, "RESPONSE_TOO_LARGE_TO_RECORD") {
                try await fixture.create(key: "k", token: token, router: router)
            }
            #expect(try await fixture.effects() == 1)
        }
    }
}
