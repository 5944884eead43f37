import Core
import Domain
import Encryption
import Postgres
import Synchronization

@testable import ServiceRuntime

/// Data keys in memory: each organization has one from when it is first asked for.
final class KeptDataKeys: DataKeySource {
    private let cipher: EnvelopeCipher
    private let keys = Mutex<[PostgresUUID: [StoredDataKey]]>([:])
    private let away = Mutex(false)

    init(cipher: EnvelopeCipher) {
        self.cipher = cipher
    }

    /// From now on whoever asks is told that they cannot be had.
    func leave() {
        away.withLock { $0 = true }
    }

    func keys(of organization: PostgresUUID) async throws -> [StoredDataKey] {
        if away.withLock({ $0 }) { throw DataKeyStore.unavailable(nil) }
        return try keys.withLock { keys in
            if let known = keys[organization] { return known }
            let made = try cipher.makeDataKey(boundTo: DataKeyStore.binding(organization, 1))
            let stored = [
                StoredDataKey(
                    organization: organization, version: 1, wrapped: made.wrapped, destroyedAt: nil)
            ]
            keys[organization] = stored
            return stored
        }
    }

    func keep(
        _ wrapped: [UInt8], of organization: PostgresUUID
    ) async throws -> [StoredDataKey] {
        try await keys(of: organization)
    }

    func destroy(keysOf organization: PostgresUUID) async throws -> [StoredDataKey] {
        keys.withLock { keys in
            let destroyed = [
                StoredDataKey(
                    organization: organization, version: 1, wrapped: [],
                    destroyedAt: Instant(seconds: 0))
            ]
            keys[organization] = destroyed
            return destroyed
        }
    }
}
