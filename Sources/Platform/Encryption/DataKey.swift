package import Core

/// The key that seals the secrets of one owner, such as an organization's provider keys.
///
/// It seals nothing itself: each binding has a key of its own, made of this one. Nonces are random, and
/// SP 800-38D allows 2^32 texts for one key; so that is as often as the same field of the same row may be
/// sealed anew.
package struct DataKey: Sendable {
    /// Provider keys are a few hundred bytes; the answers of calls, kept sealed, may be 1 MiB.
    package static let plaintextByteCountMax = 1_048_576

    let identified: IdentifiedKey
    /// The key encrypts, so that another one, made of it, hashes.
    private let indexHash: KeyedHash

    init(identified: IdentifiedKey) throws(EncryptionError) {
        self.identified = identified
        var bytes = try KeyedHash(key: identified.key).hash(Array("tallystick blind index".utf8))
        indexHash = KeyedHash(key: SecretKey(consuming: &bytes))
    }

    /// The stored form of `secret`, which opens under the same binding alone.
    package func seal(
        _ secret: Secret<[UInt8]>, boundTo binding: Binding
    ) throws(EncryptionError) -> [UInt8] {
        let plaintext = secret.reveal()
        guard plaintext.count <= Self.plaintextByteCountMax else { throw .plaintextTooLong }
        return try SealedBlob.seal(
            plaintext, kind: .secret, version: .keyOfTheBinding,
            with: IdentifiedKey(try key(of: binding), madeOf: identified), boundTo: binding)
    }

    /// The secret of a stored form.
    package func open(
        _ sealed: [UInt8], boundTo binding: Binding
    ) throws(EncryptionError) -> Secret<[UInt8]> {
        let blob = try SealedBlob(sealed, kind: .secret)
        guard blob.keyIdentifier == identified.identifier else { throw .unknownKey }
        let key =
            switch blob.version {
            case .keyItself: identified.key
            case .keyOfTheBinding: try key(of: binding)
            }
        return Secret(try blob.open(with: key, boundTo: binding))
    }

    /// HMAC-SHA256 of the binding, behind a text that nothing else hashed with the key begins with.
    func key(of binding: Binding) throws(EncryptionError) -> SecretKey {
        var bytes = try KeyedHash(key: identified.key)
            .hash(Array("tallystick sealing key".utf8) + binding.bytes)
        return SecretKey(consuming: &bytes)
    }

    /// Whether a stored form names this key as the one that sealed it.
    package func hasSealed(_ sealed: [UInt8]) -> Bool {
        (try? SealedBlob(sealed, kind: .secret))?.keyIdentifier == identified.identifier
    }

    /// 32 bytes that are the same for the same text under the same binding, and tell nothing of it
    /// without the key: what a sealed text is found by, and kept unique by.
    package func keyedHash(
        of text: [UInt8], boundTo binding: Binding
    ) throws(EncryptionError) -> [UInt8] {
        try indexHash.hash(binding.bytes(before: text))
    }
}
