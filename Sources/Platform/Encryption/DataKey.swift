package import Core

/// The key that seals the secrets of one owner, such as an organization's provider keys.
///
/// Nonces are random: SP 800-38D allows 2^32 texts for one key, far above the number of secrets
/// that one owner ever stores.
package struct DataKey: Sendable {
    /// Provider keys are a few hundred bytes; the answers of calls, kept sealed, may be 1 MiB.
    package static let plaintextByteCountMax = 1_048_576

    let identified: IdentifiedKey

    /// The stored form of `secret`, which opens under the same binding alone.
    package func seal(
        _ secret: Secret<[UInt8]>, boundTo binding: Binding
    ) throws(EncryptionError) -> [UInt8] {
        let plaintext = secret.reveal()
        guard plaintext.count <= Self.plaintextByteCountMax else { throw .plaintextTooLong }
        return try SealedBlob.seal(plaintext, kind: .secret, with: identified, boundTo: binding)
    }

    /// The secret of a stored form.
    package func open(
        _ sealed: [UInt8], boundTo binding: Binding
    ) throws(EncryptionError) -> Secret<[UInt8]> {
        let blob = try SealedBlob(sealed, kind: .secret)
        guard blob.keyIdentifier == identified.identifier else { throw .unknownKey }
        return Secret(try blob.open(with: identified.key, boundTo: binding))
    }
}
