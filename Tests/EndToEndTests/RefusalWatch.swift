import API
import Synchronization
import TallyClient
import Testing

/// Asks a server again and again with an operator's token, so that it always knows the token by heart, until it is
/// refused.
final class RefusalWatch: Sendable {
    /// How it ended.
    struct Refusal: Sendable {
        let error: TallyError
        /// When the last call that was answered began.
        let lastServed: ContinuousClock.Instant?
        /// When the first refusal was there.
        let heard: ContinuousClock.Instant
    }

    /// The server goes on for a minute.
    private struct NeverRefused: Error {}

    private let served = Mutex(0)
    private let client: Client

    init(_ client: Client) {
        self.client = client
    }

    /// What a call is refused with; nil where it is answered.
    static func refusal(of client: Client) async throws -> TallyError? {
        do {
            _ = try await client.call(
                TenantServiceMethods.ListOrganizations.self, ListOrganizationsRequest())
            return nil
        } catch let error as TallyError {
            return error
        }
    }

    private func watch() async throws -> Refusal {
        let end = ContinuousClock.now + .seconds(60)
        var lastServed: ContinuousClock.Instant?
        while ContinuousClock.now < end {
            let asked = ContinuousClock.now
            if let error = try await Self.refusal(of: client) {
                return Refusal(error: error, lastServed: lastServed, heard: .now)
            }
            lastServed = asked
            served.withLock { $0 += 1 }
            // Often, and not so often that the command beside it has to wait.
            try await Task.sleep(for: .milliseconds(10))
        }
        throw NeverRefused()
    }

    /// Expects that all servers serve a token until `revoke` ends it, and none does a second after that.
    static func expectRefusal(
        by clients: [Client], _ revoke: () async throws -> Void
    ) async throws {
        let watches = clients.map { RefusalWatch($0) }
        try await withThrowingTaskGroup(of: Refusal.self) { group in
            for watch in watches { group.addTask { try await watch.watch() } }
            while watches.contains(where: { $0.served.withLock { $0 } == 0 }) {
                try await Task.sleep(for: .milliseconds(10))
            }
            try await revoke()
            let revoked = ContinuousClock.now
            for try await refusal in group {
                #expect(refusal.error.reason == "TOKEN_REVOKED")
                #expect(refusal.error.message.contains("tally-server operator-token issue"))
                let lastServed = try #require(refusal.lastServed)
                // What the contract says, to the millisecond: no machine is too slow for it.
                #expect(lastServed - revoked <= .seconds(1))
                // A second, and what one call takes on a machine that is busy with other tests.
                #expect(refusal.heard - revoked <= .seconds(30))
            }
        }
    }
}
