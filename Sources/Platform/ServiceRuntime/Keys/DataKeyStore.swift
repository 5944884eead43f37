package import Core
package import Domain
package import Encryption
package import Postgres
import Synchronization

/// The organizations' data keys: made, handed out and destroyed.
///
/// They stand in a database of their own, whose backups are kept apart and shortly, so that what a
/// destroyed key sealed is unreadable wherever it was copied to. A process hands a key out for half a
/// minute after it asked for it; what it did not find it does not remember. A key is wiped from memory
/// with the last one who uses it.
package final class DataKeyStore: Sendable {
    /// How long a key is handed out again; within as long again it leaves memory.
    private static let keptForNanoseconds: Int64 = 30_000_000_000
    /// Organizations whose keys are held at once. Each is some hundred bytes; fewer would have the
    /// databases asked for each call of as many organizations at once.
    private static let keptMax = 10_000
    /// How long nobody who can do without keys waits for them again, once one waited in vain.
    private static let awayForNanoseconds: Int64 = 5_000_000_000

    private let source: any DataKeySource
    /// Nil: no key is made or unwrapped.
    private let cipher: EnvelopeCipher?
    private let known: RecentLookups<PostgresUUID, OrganizationKeys>
    private let patience: Duration
    private let clock: MonotonicClock
    /// Until when the keys' database is taken to be away by who can do without it.
    private let awayUntil = Mutex(MonotonicInstant(nanoseconds: .min))

    /// - Parameters:
    ///   - cipher: Holds the master keys.
    ///   - patience: How long calls wait that can do without keys.
    package init(
        source: any DataKeySource, cipher: EnvelopeCipher, patience: Duration = .seconds(1),
        clock: MonotonicClock = .system
    ) {
        self.source = source
        self.cipher = cipher
        self.patience = patience
        self.clock = clock
        known = RecentLookups(
            keptForNanoseconds: Self.keptForNanoseconds, keptMax: Self.keptMax,
            sweepsByItself: true, clock: clock)
    }

    /// The store of the keys' database.
    /// - Parameters: As of `PostgresDataKeySource`.
    package convenience init(
        pool: PostgresPool, mainPool: PostgresPool, role: String, cipher: EnvelopeCipher,
        patience: Duration = .seconds(1)
    ) {
        self.init(
            source: PostgresDataKeySource(pool: pool, mainPool: mainPool, role: role),
            cipher: cipher, patience: patience)
    }

    private init() {
        source = NoDataKeySource()
        cipher = nil
        known = RecentLookups()
        patience = .zero
        clock = .system
    }

    /// For programs that keep nothing sealed: whoever asks is told `KEYS_DATABASE_MISSING`.
    package static let absent = DataKeyStore()

    /// The keys that open what the organization sealed. Where it has none, or they were destroyed,
    /// what it hands out says so when it is used.
    /// - Throws: `KEYS_DATABASE_UNAVAILABLE`, `MASTER_KEY_UNKNOWN`, `DATA_KEY_DAMAGED`.
    package func keys(of organization: OrganizationID) async throws -> OrganizationKeys {
        try await keys(of: organization.postgresUUID)
    }

    /// The keys of an organization that is about to seal something. None is made here: one that is not
    /// there was lost, and another in its place would hide that until nothing from before opens.
    /// - Throws: `DATA_KEY_MISSING`, `DATA_KEY_DESTROYED`; as `keys(of:)`.
    package func keysToSeal(of organization: OrganizationID) async throws -> OrganizationKeys {
        try await keysToSeal(of: organization.postgresUUID)
    }

    /// Makes the key of an organization that is being made; where it has one, gives that.
    /// - Throws: as `keysToSeal(of:)`.
    @discardableResult
    package func makeKeys(of organization: OrganizationID) async throws -> OrganizationKeys {
        try await makeKeys(of: organization.postgresUUID)
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
        let keys = try await keys(of: organization)
        try keys.mustBeHeld()
        return keys
    }

    /// As of an organization's; all zero for the platform's own.
    @discardableResult
    package func makeKeys(of organization: PostgresUUID) async throws -> OrganizationKeys {
        // Of several who make one at once, all get that of whoever was first.
        let keys = try unwrapped(
            try await source.keep(try newKey(of: organization), of: organization),
            of: organization)
        try keys.mustBeHeld()
        known.keep(keys, of: organization)
        return keys
    }

    /// As `keys(of:)`, for who needs them for some of what it does: it goes on without where they are not
    /// there within a second, for whichever reason.
    /// - Throws: `CancellationError`.
    package func keysUnlessAway(of organization: OrganizationID) async throws -> OrganizationKeys {
        try await keysUnlessAway(of: organization.postgresUUID, mustBeHeld: false)
    }

    /// As `keysToSeal(of:)`, for what takes rights away: it goes on without keys where those are
    /// not there within a second, for whichever reason.
    /// - Parameter mustBeHeld: Whether keys that are missing or were destroyed count as away, too.
    /// - Throws: `CancellationError`.
    package func keysUnlessAway(
        of organization: PostgresUUID, mustBeHeld: Bool = true
    ) async throws -> OrganizationKeys {
        // Every call with users comes here: most without a wait.
        if !mustBeHeld, let kept = known.kept(of: organization) { return kept }
        let now = MonotonicInstant(nanoseconds: clock.nanoseconds)
        let isAway = awayUntil.withLock { now < $0 }
        if isAway, known.kept(of: organization) == nil {
            return OrganizationKeys(organization: organization, state: .away(because: Self.slow))
        }
        // What hangs ends by itself, long after nobody waits for it here.
        let (answers, answer) = AsyncStream.makeStream(of: OrganizationKeys?.self)
        Task { answer.yield(await keysOrWhyNot(of: organization, mustBeHeld: mustBeHeld)) }
        let wait = Task { [patience] in
            try await Task.sleep(for: patience)
            answer.yield(nil)
        }
        defer { wait.cancel() }
        for await keys in answers {
            if let keys { return keys }
            awayUntil.withLock { $0 = now.advanced(byNanoseconds: Self.awayForNanoseconds) }
            return OrganizationKeys(organization: organization, state: .away(because: Self.slow))
        }
        throw CancellationError()
    }

    private func keysOrWhyNot(
        of organization: PostgresUUID, mustBeHeld: Bool
    ) async -> OrganizationKeys {
        do {
            return mustBeHeld
                ? try await keysToSeal(of: organization) : try await keys(of: organization)
        } catch {
            let reason = (error as? ServiceError)?.reason.rawValue ?? "\(error)"
            return OrganizationKeys(organization: organization, state: .away(because: reason))
        }
    }

    private static let slow = "KEYS_DATABASE_SLOW"

    static func unavailable(_ cause: (any Error)?) -> ServiceError {
        ServiceError(
            .unavailable, "KEYS_DATABASE_UNAVAILABLE",
            "The database of data keys cannot be reached at the moment. Try again.",
            retryAfter: .seconds(1), cause: cause)
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
        } catch EncryptionError.unknownKey {
            throw ServiceError(
                .failedPrecondition, "MASTER_KEY_UNKNOWN",
                "The organization's data key cannot be opened. Give this program the master key "
                    + "that wrapped it (TALLY_MASTER_KEY_FILE, TALLY_RETIRED_MASTER_KEY_FILES).",
                cause: EncryptionError.unknownKey)
        } catch EncryptionError.notAuthentic, EncryptionError.malformedBlob {
            throw ServiceError(
                .dataLoss, "DATA_KEY_DAMAGED",
                "The organization's data key was changed where it is kept. Whoever runs Tallystick "
                    + "restores the database of the keys.")
        }
    }

    /// What a wrapped key belongs to.
    static func binding(_ organization: PostgresUUID, _ version: Int32) -> Binding {
        Binding(
            purpose: "organization-data-key",
            [OrganizationID(organization).text, String(version)])
    }
}
