/// The key that wraps the organizations' data keys. It exists in a file and in memory, never in
/// the database.
package struct MasterKey: Sendable {
    let identified: IdentifiedKey

    package init(_ key: SecretKey) throws(EncryptionError) {
        identified = try IdentifiedKey(key)
    }

    /// Reads the key as `KeyFile` does; throws `KeyFileError` or `EncryptionError`.
    package static func load(file path: String) throws -> MasterKey {
        try MasterKey(try KeyFile.load(path))
    }
}
