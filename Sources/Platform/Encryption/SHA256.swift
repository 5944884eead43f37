import COpenSSL

/// The hash of FIPS 180-4 with 32 bytes. Not for passwords, and without a key not for tokens.
package enum SHA256 {
    /// The hash of `bytes`.
    package static func digest(_ bytes: [UInt8]) throws(EncryptionError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        guard EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1 else {
            throw .libraryFailure(operation: "EVP_Digest")
        }
        return digest
    }
}
