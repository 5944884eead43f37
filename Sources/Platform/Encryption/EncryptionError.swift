/// Why a cryptographic step failed.
///
/// It carries neither key nor plaintext nor ciphertext, and does not tell a wrong key from a
/// changed text or another binding: who can try ciphertexts must not learn which it was.
package enum EncryptionError: Error, Hashable, Sendable {
    /// The text was changed, belongs to something else, or is sealed by another key.
    case notAuthentic
    /// The bytes are no blob of a known version and kind.
    case malformedBlob
    /// The blob names a key that this process was not given.
    case unknownKey
    /// The plaintext is longer than `DataKey.plaintextByteCountMax`.
    case plaintextTooLong
    /// OpenSSL refused an operation that does not depend on the input, such as for lack of memory.
    case libraryFailure(operation: String)
}

extension EncryptionError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notAuthentic:
            "The sealed text was changed, belongs to something else, or needs another key."
        case .malformedBlob:
            "The bytes are no sealed text of a known version."
        case .unknownKey:
            "The sealed text names a key that is not configured; add the key it was sealed with."
        case .plaintextTooLong:
            "A secret may have at most \(DataKey.plaintextByteCountMax) bytes."
        case .libraryFailure(let operation):
            "OpenSSL failed in \(operation)."
        }
    }
}
