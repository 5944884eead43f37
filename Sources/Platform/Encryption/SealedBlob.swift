/// The stored form of a sealed text:
///
///     offset  bytes  meaning
///     0       1      version of this layout
///     1       1      kind: 1 a wrapped data key, 2 a secret
///     2       8      identifier of the key that sealed it, or that the key was made of
///     10      12     nonce, random
///     22      n      ciphertext
///     22 + n  16     tag
///
/// The first ten bytes are authenticated in front of the binding. In version 1 the key that is named
/// sealed the text; in version 2, of secrets only, one that was made of it for the binding.
struct SealedBlob {
    enum Kind: UInt8 {
        case wrappedKey = 1
        case secret = 2
    }

    enum Version: UInt8 {
        case keyItself = 1
        case keyOfTheBinding = 2
    }

    static let keyIdentifierByteCount = 8
    private static let headerByteCount = 2 + keyIdentifierByteCount

    let version: Version
    let keyIdentifier: [UInt8]
    private let header: [UInt8]
    private let nonce: [UInt8]
    private let body: [UInt8]

    /// Reads the stored form of one `kind`.
    init(_ bytes: [UInt8], kind: Kind) throws(EncryptionError) {
        let bodyStart = Self.headerByteCount + AESGCM.nonceByteCount
        guard bytes.count >= bodyStart + AESGCM.tagByteCount,
            let version = Version(rawValue: bytes[0]), bytes[1] == kind.rawValue,
            version == .keyItself || kind == .secret
        else { throw .malformedBlob }
        self.version = version
        header = Array(bytes[..<Self.headerByteCount])
        keyIdentifier = Array(bytes[2..<Self.headerByteCount])
        nonce = Array(bytes[Self.headerByteCount..<bodyStart])
        body = Array(bytes[bodyStart...])
    }

    func open(with key: SecretKey, boundTo binding: Binding) throws(EncryptionError) -> [UInt8] {
        try AESGCM.open(body, key: key, nonce: nonce, associatedData: header + binding.bytes)
    }

    /// The stored form of `plaintext` sealed under a fresh nonce.
    static func seal(
        _ plaintext: [UInt8], kind: Kind, version: Version = .keyItself, with key: IdentifiedKey,
        boundTo binding: Binding
    ) throws(EncryptionError) -> [UInt8] {
        let header = [version.rawValue, kind.rawValue] + key.identifier
        let nonce = try SecureRandom.bytes(AESGCM.nonceByteCount)
        let body = try AESGCM.seal(
            plaintext, key: key.key, nonce: nonce, associatedData: header + binding.bytes)
        return header + nonce + body
    }
}

/// A key with the identifier that blobs name it by: the head of a keyed hash under that key, which
/// tells nothing about it.
struct IdentifiedKey: Sendable {
    let key: SecretKey
    let identifier: [UInt8]

    /// A key that stands for the one it was made of.
    init(_ key: SecretKey, madeOf named: IdentifiedKey) {
        self.key = key
        identifier = named.identifier
    }

    init(_ key: SecretKey) throws(EncryptionError) {
        self.key = key
        let hash = try KeyedHash(key: key).hash(Array("tallystick key identifier".utf8))
        identifier = Array(hash.prefix(SealedBlob.keyIdentifierByteCount))
    }
}
