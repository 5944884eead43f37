import Core
import RPC

extension AuthenticationInterceptor {
    /// Times between two looks, in nanoseconds: where the directory has just been asked by others, and
    /// where what was found never ends.
    private static let pauseRange: ClosedRange<Int64> = 20_000_000...60_000_000_000

    /// Runs the handler of a call that streams for as long as its caller may make it: a token that is
    /// revoked or expires, or a member who goes or gets other roles, ends the streams that are open as
    /// soon as it does new calls.
    /// - Throws: What `body` throws; what the authentication throws meanwhile; `CALLER_CHANGED`.
    func whileCallerStands<R: Sendable>(
        _ context: RPCContext, _ body: @escaping @Sendable () async throws -> R
    ) async throws -> R {
        try await withThrowingTaskGroup(of: R?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask {
                try await watch(context)
                return nil
            }
            while let ended = try await group.next() {
                if let ended { return ended }
            }
            throw CancellationError()
        }
    }

    /// Returns only where nobody was authenticated, who then can lose nothing.
    private func watch(_ context: RPCContext) async throws {
        guard var known = context.attachments[VerifiedCaller.self] else { return }
        while true {
            let left = MonotonicInstant.now.nanoseconds(to: known.until)
            let pause = min(max(left, Self.pauseRange.lowerBound), Self.pauseRange.upperBound)
            try await Task.sleep(for: .nanoseconds(pause))
            let found = try await authenticate(context.metadata, from: context.peer)
            guard found.caller == known.caller else {
                throw ServiceError(
                    .aborted, "CALLER_CHANGED",
                    "What the caller may do has changed since the call began. Call again.")
            }
            known = found
        }
    }
}
