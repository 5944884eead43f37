package import Core
import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a program gets the master key from.
package enum MasterKeySource: Sendable {
    /// A file, as `KeyFile` reads it.
    case file(String)
    /// The base64 text of the key itself, such as an environment variable has it.
    case text(Secret<String>)
    /// A command for the system's shell that writes the base64 text to its standard output, such as
    /// the client of a key store.
    case command(Secret<String>)

    /// Reads the key; a command is run and waited for.
    /// - Throws: `KeyFileError`, `MasterKeyError` or `EncryptionError`.
    package func load() throws -> MasterKey {
        switch self {
        case .file(let path): return try MasterKey.load(file: path)
        case .text(let text):
            var bytes = Array(text.reveal().utf8)
            guard let key = KeyFile.key(consuming: &bytes) else { throw MasterKeyError.notAKey }
            return try MasterKey(key)
        case .command(let command):
            var bytes = try Self.output(of: command.reveal())
            guard let key = KeyFile.key(consuming: &bytes) else { throw MasterKeyError.notAKey }
            return try MasterKey(key)
        }
    }

    /// More than a key's text, so that too much is seen to be too much.
    private static let byteCountMax = 1024

    private static func output(of command: String) throws(MasterKeyError) -> [UInt8] {
        guard let stream = popen(command, "r") else { throw .commandFailed(status: errno) }
        var bytes = [UInt8](repeating: 0, count: byteCountMax)
        let count = fread(&bytes, 1, bytes.count, stream)
        let status = pclose(stream)
        guard status == 0 else {
            OPENSSL_cleanse(&bytes, bytes.count)
            throw .commandFailed(status: status)
        }
        let output = Array(bytes[..<count])
        OPENSSL_cleanse(&bytes, bytes.count)
        return output
    }
}

/// Why a master key that does not stand in a file was refused. It never holds what was read.
package enum MasterKeyError: Error, Hashable, Sendable {
    case notAKey
    /// As `wait` gives it.
    case commandFailed(status: Int32)
}
