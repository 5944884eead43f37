import Foundation
import Synchronization
import TallyClient

/// The idempotency keys of what one command changes.
///
/// Under its key a change is made once, however often it is sent: so the client may repeat it where its
/// answer was lost, and people may run the same command again with `TALLY_IDEMPOTENCY_KEY`.
final class ChangeKeys: Sendable {
    private let first: String
    private let isGiven: Bool
    private let count = Mutex(0)

    /// - Parameter given: The key of the command's first change; nil for one that nothing else has.
    init(given: String?) {
        first = given ?? UUID().uuidString.lowercased()
        isGiven = given != nil
    }

    /// Makes a change under a key of its own.
    /// - Throws: `UnansweredChange` where it may have been made or not; else what `call` throws.
    func change<Answer>(_ call: (CallOptions) async throws -> Answer) async throws -> Answer {
        let key = next()
        do {
            return try await call(CallOptions(idempotencyKey: key))
        } catch let error as TallyError {
            // It was undone, since no answer of that size can be kept for a repetition.
            if error.reason == "RESPONSE_TOO_LARGE_TO_RECORD", !isGiven {
                return try await call(CallOptions())
            }
            guard error.code == .unavailable || error.code == .deadlineExceeded else { throw error }
            throw UnansweredChange(error: error, key: key)
        }
    }

    /// The first, then that with `-2`, `-3` and so on behind it.
    private func next() -> String {
        let number = count.withLock { count in
            count += 1
            return count
        }
        return number == 1 ? first : "\(first)-\(number)"
    }
}

/// A change that was sent, perhaps, and not answered.
struct UnansweredChange: Error {
    let error: TallyError
    /// Under which repeating it does no harm.
    let key: String
}
