import Synchronization
import Testing

@testable import CLI
@testable import TallyClient

/// A command's changes are made once, however often they are sent.
@Suite struct ChangeKeysTests {
    /// What a server says that fails with `error`, which only it can make.
    private func error(_ code: TallyError.Code, _ reason: String) -> TallyError {
        TallyError(
            code: code, reason: reason, field: nil, message: "as asked", details: [],
            retryAfter: nil)
    }

    /// The keys of three changes.
    private func keys(of changes: ChangeKeys) async throws -> [String] {
        var keys: [String] = []
        for _ in 0..<3 {
            keys.append(try await changes.change { $0.idempotencyKey ?? "none" })
        }
        return keys
    }

    @Test func eachChangeHasAKeyOfItsOwn() async throws {
        #expect(try await keys(of: ChangeKeys(given: "mine")) == ["mine", "mine-2", "mine-3"])
        let first = try await keys(of: ChangeKeys(given: nil))
        let second = try await keys(of: ChangeKeys(given: nil))
        #expect(Set(first + second).count == 6)
        #expect(first[0].count == 36)
    }

    @Test func aChangeThatWasNotAnsweredTellsItsKey() async throws {
        for code in [TallyError.Code.unavailable, .deadlineExceeded] {
            let thrown = await #expect(throws: UnansweredChange.self) {
                try await ChangeKeys(given: "mine").change { _ in throw error(code, "AWAY") }
            }
            #expect(thrown?.key == "mine")
            let failure = try #require(thrown.flatMap { Failure($0) })
            #expect(failure.text.contains("TALLY_IDEMPOTENCY_KEY=mine"))
            #expect(failure.problem.contains("AWAY"))
        }
        let thrown = await #expect(throws: TallyError.self) {
            try await ChangeKeys(given: nil).change { _ in throw error(.notFound, "GONE") }
        }
        #expect(thrown?.reason == "GONE")
    }

    /// The server undid the call; without a key it need not keep the answer.
    @Test func anAnswerTooLargeToKeepIsAskedForWithoutAKey() async throws {
        let keys = Mutex<[String?]>([])
        let call: @Sendable (CallOptions) throws -> String = { options in
            keys.withLock { $0.append(options.idempotencyKey) }
            guard options.idempotencyKey == nil else {
                throw error(.resourceExhausted, "RESPONSE_TOO_LARGE_TO_RECORD")
            }
            return "large"
        }
        let answer = try await ChangeKeys(given: nil).change { try call($0) }
        #expect(answer == "large")
        #expect(keys.withLock { $0.map { $0 == nil } } == [false, true])
        // Somebody who names a key wants it kept.
        await #expect(throws: TallyError.self) {
            try await ChangeKeys(given: "mine").change { try call($0) }
        }
    }
}
