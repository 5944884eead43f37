import COpenSSL

/// HMAC-SHA256 under one key: what the database keeps of a token instead of the token.
///
/// A thief of the table can neither recover a token from its hash nor check a guess without the
/// key, which stands in a file beside the database, not in it.
package struct KeyedHash: Sendable {
    private let key: SecretKey

    package init(key: SecretKey) {
        self.key = key
    }

    /// Reads the key as `KeyFile` does.
    package static func load(file path: String) throws(KeyFileError) -> KeyedHash {
        KeyedHash(key: try KeyFile.load(path))
    }

    /// The 32 bytes of the hash of `message`.
    package func hash(_ message: [UInt8]) throws(EncryptionError) -> [UInt8] {
        var hash = [UInt8](repeating: 0, count: 32)
        let done = key.withBytes { key in
            HMAC(
                EVP_sha256(), key, Int32(SecretKey.byteCount), message, message.count, &hash, nil)
                != nil
        }
        guard done else { throw .libraryFailure(operation: "HMAC") }
        return hash
    }

    /// Whether `expected` is the hash of `message`; the time it takes does not tell how nearly.
    package func matches(
        _ expected: [UInt8], _ message: [UInt8]
    ) throws(EncryptionError) -> Bool {
        constantTimeEqual(expected, try hash(message))
    }
}
