package import Core
package import Domain
package import Encryption
package import Postgres

/// The organizations' data keys: made, handed out and destroyed.
///
/// They stand in a database of their own, whose backups are kept apart and shortly, so that what a
/// destroyed key sealed is unreadable wherever it was copied to. A process hands a key out for half a
/// minute after it asked for it; what it did not find it does not remember. A key is wiped from memory
/// with the last one who uses it.
package final class DataKeyStore: Sendable {
    /// How long a key is handed out again. What is old leaves with the first look that comes as long
    /// again later.
    private static let keptForNanoseconds: Int64 = 30_000_000_000
    /// Organizations whose keys are held at once.
    private static let keptMax = 10_000

    private let source: any DataKeySource
    /// Nil: no key is made or unwrapped.
    private let cipher: EnvelopeCipher?
    private let known: RecentLookups<PostgresUUID, OrganizationKeys>

    /// - Parameter cipher: Holds the master keys.
    package init(
        source: any DataKeySource, cipher: EnvelopeCipher, clock: MonotonicClock = .system
    ) {
        self.source = source
        self.cipher = cipher
        known = RecentLookups(
            keptForNanoseconds: Self.keptForNanoseconds, keptMax: Self.keptMax, clock: clock)
    }

    /// The store of the keys' database.
    /// - Parameter role: As of `PostgresDataKeySource`.
    package convenience init(pool: PostgresPool, role: String, cipher: EnvelopeCipher) {
        self.init(source: PostgresDataKeySource(pool: pool, role: role), cipher: cipher)
    }

    private init() {
        source = NoDataKeySource()
        cipher = nil
        known = RecentLookups()
    }

    /// For programs that keep nothing sealed: whoever asks is told `KEYS_DATABASE_MISSING`.
    package static let absent = DataKeyStore()

    /// The keys that open what the organization sealed. Where it has none, or they were destroyed,
    /// what it hands out says so when it is used.
    /// - Throws: `KEYS_DATABASE_UNAVAILABLE`, `MASTER_KEY_UNKNOWN`.
    package func keys(of organization: OrganizationID) async throws -> OrganizationKeys {
        try await keys(of: organization.postgresUUID)
    }

    /// The keys of an organization that is about to seal something; made where it has none.
    /// - Throws: `DATA_KEY_DESTROYED`; as `keys(of:)`.
    package func keysToSeal(of organization: OrganizationID) async throws -> OrganizationKeys {
        try await keysToSeal(of: organization.postgresUUID)
    }

    /// As of an organization's; all zero for the platform's own.
    package func keys(of organization: PostgresUUID) async throws -> OrganizationKeys {
        let found = try await known.value(of: organization) { [self] in
            let stored = try await source.keys(of: organization)
            return stored.isEmpty ? nil : try unwrapped(stored, of: organization)
        }
        return found?.value ?? OrganizationKeys(organization: organization, state: .missing)
    }

    /// As of an organization's; all zero for the platform's own.
    package func keysToSeal(of organization: PostgresUUID) async throws -> OrganizationKeys {
        var keys = try await keys(of: organization)
        if case .missing = keys.state {
            // Of several who make one at once, all get that of whoever was first.
            keys = try unwrapped(
                try await source.keep(try newKey(of: organization), of: organization),
                of: organization)
        }
        try keys.mustNotBeDestroyed()
        return keys
    }

    /// Destroys the keys of an organization for good: what they sealed can be read no more, here at
    /// once, by other processes after half a minute. An organization without a key never gets one.
    /// Repeating it changes nothing.
    /// - Returns: When they were destroyed.
    @discardableResult
    package func destroy(keysOf organization: OrganizationID) async throws -> Instant {
        let stored = try await source.destroy(keysOf: organization.postgresUUID)
        known.forget(organization.postgresUUID)
        guard let destroyedAt = stored.compactMap(\.destroyedAt).max(),
            stored.allSatisfy({ $0.destroyedAt != nil && $0.wrapped.isEmpty })
        else {
            throw ServiceError(
                .internal, "DATA_KEY_NOT_DESTROYED", "The organization's data key is still there.")
        }
        return destroyedAt
    }

    private func newKey(of organization: PostgresUUID) throws -> [UInt8] {
        guard let cipher else { return [] }
        return try cipher.makeDataKey(
            boundTo: Self.binding(organization, InsertFirstDataKey.version)
        ).wrapped
    }

    private func unwrapped(
        _ stored: [StoredDataKey], of organization: PostgresUUID
    ) throws -> OrganizationKeys {
        guard let cipher, stored.allSatisfy({ $0.destroyedAt == nil }) else {
            return OrganizationKeys(organization: organization, state: .destroyed)
        }
        do {
            let keys = try stored.map { key in
                try cipher.unwrapDataKey(
                    key.wrapped, boundTo: Self.binding(organization, key.version))
            }
            return OrganizationKeys(organization: organization, state: .held(keys))
        } catch {
            throw ServiceError(
                .failedPrecondition, "MASTER_KEY_UNKNOWN",
                "The organization's data key cannot be opened. Give this program the master key "
                    + "that wrapped it (TALLY_MASTER_KEY_FILE).", cause: error)
        }
    }

    /// What a wrapped key belongs to.
    static func binding(_ organization: PostgresUUID, _ version: Int32) -> Binding {
        Binding(
            purpose: "organization-data-key",
            [OrganizationID(organization).text, String(version)])
    }
}
