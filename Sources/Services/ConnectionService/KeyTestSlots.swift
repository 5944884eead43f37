import Core
import Domain
import Synchronization

/// How many keys a server tests at once: each waits for a provider for seconds. One organization cannot
/// take them all.
final class KeyTestSlots: Sendable {
    private let countMax: Int
    private let perOrganizationMax: Int
    /// Those that are taken, by organization; one that has none is not there.
    private let taken = Mutex<[OrganizationID: Int]>([:])

    init(_ countMax: Int, perOrganization: Int) {
        self.countMax = countMax
        perOrganizationMax = perOrganization
    }

    /// - Throws: `KEY_TESTS_OF_ORGANIZATION_AT_LIMIT` where the organization has as many under way as it may,
    ///   `KEY_TESTS_AT_LIMIT` where the server has; what `body` throws.
    func taking<R: Sendable>(
        for organization: OrganizationID, _ body: () async throws(ServiceError) -> R
    ) async throws(ServiceError) -> R {
        try take(organization)
        defer {
            taken.withLock { taken in
                let rest = taken[organization, default: 1] - 1
                taken[organization] = rest > 0 ? rest : nil
            }
        }
        return try await body()
    }

    private func take(_ organization: OrganizationID) throws(ServiceError) {
        try taken.withLock { taken throws(ServiceError) in
            let own = taken[organization, default: 0]
            guard own < perOrganizationMax else {
                throw ServiceError(
                    .resourceExhausted, "KEY_TESTS_OF_ORGANIZATION_AT_LIMIT",
                    "This server tests as many keys of the organization as it may at once. Try "
                        + "again in a while.", retryAfter: .seconds(5))
            }
            guard taken.values.reduce(0, +) < countMax else {
                throw ServiceError(
                    .resourceExhausted, "KEY_TESTS_AT_LIMIT",
                    "This server tests as many keys as it may at once. Try again in a while.",
                    retryAfter: .seconds(5))
            }
            taken[organization] = own + 1
        }
    }
}
