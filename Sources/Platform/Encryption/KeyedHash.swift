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

    /// HMAC-SHA256 under a key of zeros, of which each hash begins with a copy under its own: to look the algorithm up
    /// takes longer than to hash. Nil where OpenSSL's configuration offers none.
    // Unchecked: it is never changed once it is made, nor given back, and copying only reads it.
    nonisolated(unsafe) private static let template: OpaquePointer? = {
        guard let algorithm = EVP_MAC_fetch(nil, OSSL_MAC_NAME_HMAC, nil) else { return nil }
        defer { EVP_MAC_free(algorithm) }
        guard let context = EVP_MAC_CTX_new(algorithm) else { return nil }
        var name = Array(OSSL_MAC_PARAM_DIGEST.utf8CString)
        var digest = Array(SN_sha256.utf8CString)
        let key = [UInt8](repeating: 0, count: SecretKey.byteCount)
        // A parameter points to its name, too, and so both live as long as it does.
        let isReady = name.withUnsafeMutableBufferPointer { name in
            digest.withUnsafeMutableBufferPointer { digest in
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(name.baseAddress, digest.baseAddress, 0),
                    OSSL_PARAM_construct_end(),
                ]
                return EVP_MAC_init(context, key, key.count, parameters) == 1
            }
        }
        guard isReady else {
            EVP_MAC_CTX_free(context)
            return nil
        }
        return context
    }()

    /// The 32 bytes of the hash of `message`.
    package func hash(_ message: [UInt8]) throws(EncryptionError) -> [UInt8] {
        let context = Self.template.flatMap { EVP_MAC_CTX_dup($0) }
        defer { EVP_MAC_CTX_free(context) }
        var hash = [UInt8](repeating: 0, count: 32)
        var count = 0
        let isDone = key.withBytes { key in
            context != nil && EVP_MAC_init(context, key, SecretKey.byteCount, nil) == 1
                && EVP_MAC_update(context, message, message.count) == 1
                && EVP_MAC_final(context, &hash, &count, hash.count) == 1
        }
        guard isDone, count == hash.count else { throw .libraryFailure(operation: "HMAC") }
        return hash
    }

    /// Whether `expected` is the hash of `message`; the time it takes does not tell how nearly.
    package func matches(
        _ expected: [UInt8], _ message: [UInt8]
    ) throws(EncryptionError) -> Bool {
        constantTimeEqual(expected, try hash(message))
    }
}
