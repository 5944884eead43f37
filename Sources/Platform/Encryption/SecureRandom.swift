import COpenSSL

/// Bytes that nobody can foresee, from OpenSSL's generator, which the kernel seeds.
package enum SecureRandom {
    /// `count` random bytes.
    package static func bytes(_ count: Int) throws(EncryptionError) -> [UInt8] {
        precondition(count >= 0 && count <= 65_536, "Random bytes are asked for in small numbers.")
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else {
            throw .libraryFailure(operation: "RAND_bytes")
        }
        return bytes
    }
}
