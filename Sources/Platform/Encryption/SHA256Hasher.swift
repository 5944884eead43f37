import COpenSSL

/// SHA-256 of bytes that come in parts.
package struct SHA256Hasher: ~Copyable {
    private let context: OpaquePointer

    /// Looked up once, since that takes longer than hashing an event. Nil where OpenSSL's configuration offers none.
    // Unchecked: OpenSSL never changes an algorithm that was looked up, and this one is never given back.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    package init() throws(EncryptionError) {
        let made = EVP_MD_CTX_new()
        guard let made, let algorithm = Self.algorithm,
            EVP_DigestInit_ex(made, algorithm, nil) == 1
        else {
            EVP_MD_CTX_free(made)
            throw .libraryFailure(operation: "EVP_DigestInit_ex")
        }
        context = made
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Takes the next part.
    package mutating func update(_ bytes: [UInt8]) throws(EncryptionError) {
        guard EVP_DigestUpdate(context, bytes, bytes.count) == 1 else {
            throw .libraryFailure(operation: "EVP_DigestUpdate")
        }
    }

    /// The hash of all parts since the last one; then it begins anew.
    package mutating func finish() throws(EncryptionError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        // Without an algorithm it stays the same, and nothing looks for it again.
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1,
            EVP_DigestInit_ex(context, nil, nil) == 1
        else { throw .libraryFailure(operation: "EVP_DigestFinal_ex") }
        return digest
    }

    /// The first 128 bits of the hash of all parts and of `bytes` behind them; then it begins anew.
    package mutating func finish128(
        _ bytes: [UInt8]
    ) throws(EncryptionError) -> (high: UInt64, low: UInt64) {
        var digest: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        guard EVP_DigestUpdate(context, bytes, bytes.count) == 1,
            withUnsafeMutableBytes(
                of: &digest,
                { digest in
                    EVP_DigestFinal_ex(
                        context, digest.baseAddress?.assumingMemoryBound(to: UInt8.self), nil)
                }) == 1,
            EVP_DigestInit_ex(context, nil, nil) == 1
        else { throw .libraryFailure(operation: "EVP_DigestFinal_ex") }
        return (UInt64(bigEndian: digest.0), UInt64(bigEndian: digest.1))
    }
}
