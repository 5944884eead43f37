import COpenSSL

/// The only owner of the bytes of one symmetric key; they are wiped before the memory is freed.
package final class SecretKey: Sendable {
    /// Of every key here: AES-256, and HMAC-SHA256 at its full strength.
    package static let byteCount = 32

    // Written in `init` alone and read-only until `deinit`, which runs when nobody else can look.
    private nonisolated(unsafe) let storage: UnsafeMutablePointer<UInt8>

    /// Copies `bytes`, which must be 32, and wipes the caller's copy.
    package init(consuming bytes: inout [UInt8]) {
        precondition(bytes.count == Self.byteCount, "A key of another length cannot be made here.")
        storage = .allocate(capacity: Self.byteCount)
        storage.initialize(from: bytes, count: Self.byteCount)
        OPENSSL_cleanse(&bytes, bytes.count)
    }

    deinit {
        OPENSSL_cleanse(storage, Self.byteCount)
        storage.deallocate()
    }

    /// A new key from the system's generator.
    package static func random() throws(EncryptionError) -> SecretKey {
        var bytes = try SecureRandom.bytes(byteCount)
        return SecretKey(consuming: &bytes)
    }

    /// Lends the 32 bytes; the pointer is void after the closure.
    func withBytes<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        body(UnsafePointer(storage))
    }
}

extension SecretKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
