import COpenSSL
import Synchronization

/// The keys that seal one listener's session tickets; they outlive the certificates it reloads.
///
/// Keys are made here, shared with nobody and written nowhere: a ticket is good at the process that
/// gave it, and a restart ends them all. There is a new key every hour. Older ones open tickets until
/// the last ticket that they sealed has expired; then they are wiped, and what was sent under those
/// tickets stays secret.
final class TLSTicketKeys: Sendable {
    /// How long a key seals new tickets.
    static let sealingTime = Duration.seconds(3600)

    private struct State {
        /// Newest first.
        var keys: [TLSTicketKey] = []
    }

    /// How long a ticket is good.
    private let ticketLifetime: Duration
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    /// - Parameter now: The time; it must not go back.
    init(
        ticketLifetime: Duration,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.ticketLifetime = ticketLifetime
        self.now = now
    }

    /// The key of new tickets; nil where the system has no random bytes, and so no ticket.
    func sealingKey() -> TLSTicketKey? {
        let now = now()
        return state.withLock { state in
            prune(&state, now: now)
            if let newest = state.keys.first, newest.time.duration(to: now) < Self.sealingTime {
                return newest
            }
            guard let key = TLSTicketKey(time: now) else { return nil }
            state.keys.insert(key, at: 0)
            return key
        }
    }

    /// The key that sealed a ticket, by the name that the ticket states.
    /// - Returns: Nil for a key that is unknown or too old.
    func openingKey(name: UnsafeRawBufferPointer) -> TLSTicketKey? {
        let now = now()
        return state.withLock { state in
            prune(&state, now: now)
            return state.keys.first { $0.isNamed(name) }
        }
    }

    private func prune(_ state: inout State, now: ContinuousClock.Instant) {
        state.keys.removeAll {
            $0.time.duration(to: now) >= Self.sealingTime + ticketLifetime
        }
    }
}

/// One key of tickets: its public name, and secrets that are wiped with it.
// `@unchecked`: the bytes are written in `init` only.
final class TLSTicketKey: @unchecked Sendable {
    // OpenSSL states the name's length in its callback's signature; the others are those of
    // AES-256 and HMAC-SHA256.
    static let nameByteCount = 16
    private static let secretByteCount = 32

    /// When it was made.
    let time: ContinuousClock.Instant
    /// Name, cipher key, hash key.
    private let bytes: UnsafeMutableRawBufferPointer

    /// Nil where the system has no random bytes.
    init?(time: ContinuousClock.Instant) {
        self.time = time
        bytes = .allocate(
            byteCount: Self.nameByteCount + 2 * Self.secretByteCount, alignment: 16)
        // The whole object is made, so a failure frees and wipes it in `deinit`.
        guard RAND_priv_bytes(bytes.baseAddress, Int32(bytes.count)) == 1 else { return nil }
    }

    deinit {
        OPENSSL_cleanse(bytes.baseAddress, bytes.count)
        bytes.deallocate()
    }

    func isNamed(_ name: UnsafeRawBufferPointer) -> Bool {
        // The name is no secret: it stands in every ticket.
        name.elementsEqual(bytes.prefix(Self.nameByteCount))
    }

    /// Sets up the sealing of one ticket: writes the name and a new vector where it is to state them.
    func seal(
        name: UnsafeMutableRawPointer, vector: UnsafeMutablePointer<UInt8>,
        cipher: OpaquePointer, hash: OpaquePointer
    ) -> Bool {
        guard let start = bytes.baseAddress,
            RAND_bytes(vector, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1,
            EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nil, cipherKey, vector) == 1
        else { return false }
        name.copyMemory(from: start, byteCount: Self.nameByteCount)
        return setHashKey(of: hash)
    }

    /// Sets up the opening of one ticket.
    func open(
        vector: UnsafePointer<UInt8>, cipher: OpaquePointer, hash: OpaquePointer
    ) -> Bool {
        EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nil, cipherKey, vector) == 1
            && setHashKey(of: hash)
    }

    private var cipherKey: UnsafePointer<UInt8>? {
        bytes.baseAddress.map {
            UnsafePointer(
                ($0 + Self.nameByteCount).assumingMemoryBound(to: UInt8.self))
        }
    }

    private func setHashKey(of hash: OpaquePointer) -> Bool {
        let key = bytes.baseAddress.map { $0 + Self.nameByteCount + Self.secretByteCount }
        return tally_EVP_MAC_CTX_set_sha256_key(hash, key, Self.secretByteCount) == 1
    }
}
