import COpenSSL

/// Makes and unwraps data keys under the master key: the outer of the two layers of encryption at
/// rest. Changing the master key means wrapping the data keys anew, not the secrets.
package struct EnvelopeCipher: Sendable {
    private let current: MasterKey
    private let retired: [MasterKey]

    /// `retired` keys still unwrap what they wrapped; new data keys are wrapped by `current`.
    package init(current: MasterKey, retired: [MasterKey] = []) {
        self.current = current
        self.retired = retired
    }

    /// A new data key and its wrapped form, which is what the database stores.
    package func makeDataKey(
        boundTo binding: Binding
    ) throws(EncryptionError) -> (key: DataKey, wrapped: [UInt8]) {
        var bytes = try SecureRandom.bytes(SecretKey.byteCount)
        defer { OPENSSL_cleanse(&bytes, bytes.count) }
        let wrapped = try SealedBlob.seal(
            bytes, kind: .wrappedKey, with: current.identified, boundTo: binding)
        let key = try DataKey(identified: try IdentifiedKey(SecretKey(consuming: &bytes)))
        return (key, wrapped)
    }

    /// The data key of a wrapped form.
    package func unwrapDataKey(
        _ wrapped: [UInt8], boundTo binding: Binding
    ) throws(EncryptionError) -> DataKey {
        var bytes = try unwrap(wrapped, boundTo: binding)
        defer { OPENSSL_cleanse(&bytes, bytes.count) }
        guard bytes.count == SecretKey.byteCount else { throw .malformedBlob }
        return try DataKey(identified: try IdentifiedKey(SecretKey(consuming: &bytes)))
    }

    /// The same data key wrapped by the current master key; nil where it is already.
    package func rewrapDataKey(
        _ wrapped: [UInt8], boundTo binding: Binding
    ) throws(EncryptionError) -> [UInt8]? {
        let blob = try SealedBlob(wrapped, kind: .wrappedKey)
        guard blob.keyIdentifier != current.identified.identifier else { return nil }
        var bytes = try unwrap(wrapped, boundTo: binding)
        defer { OPENSSL_cleanse(&bytes, bytes.count) }
        return try SealedBlob.seal(
            bytes, kind: .wrappedKey, with: current.identified, boundTo: binding)
    }

    /// The bytes of a wrapped key, which the caller wipes.
    private func unwrap(
        _ wrapped: [UInt8], boundTo binding: Binding
    ) throws(EncryptionError) -> [UInt8] {
        let blob = try SealedBlob(wrapped, kind: .wrappedKey)
        let known = ([current] + retired).first {
            $0.identified.identifier == blob.keyIdentifier
        }
        guard let known else { throw .unknownKey }
        return try blob.open(with: known.identified.key, boundTo: binding)
    }
}
