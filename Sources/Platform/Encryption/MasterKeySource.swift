package import Core
import COpenSSL

/// Where a program gets a master key from.
package enum MasterKeySource: Sendable {
    /// A file, as `KeyFile` reads it.
    case file(String)
    /// The base64 text of the key itself, such as an environment variable has it.
    case text(Secret<String>)
    /// A command for the system's shell that writes the base64 text to its standard output, such as
    /// the client of a key store. It has 30 seconds, and none of the program's own settings.
    case command(Secret<String>)

    package static let commandTimeout = Duration.seconds(30)

    /// Reads the key; a command is run and waited for.
    /// - Throws: `KeyFileError`, `MasterKeyError` or `EncryptionError`.
    package func load(timeout: Duration = Self.commandTimeout) throws -> MasterKey {
        switch self {
        case .file(let path): return try MasterKey.load(file: path)
        case .text(let text):
            var bytes = Array(text.reveal().utf8)
            guard let key = KeyFile.key(consuming: &bytes) else { throw MasterKeyError.notAKey }
            return try MasterKey(key)
        case .command(let command):
            var bytes = try Self.output(of: command.reveal(), timeout)
            guard let key = KeyFile.key(consuming: &bytes) else { throw MasterKeyError.notAKey }
            return try MasterKey(key)
        }
    }

    /// More than a key's text, so that too much is seen to be too much.
    private static let byteCountMax = 1024

    private static func output(
        of command: String, _ timeout: Duration
    ) throws(MasterKeyError) -> [UInt8] {
        do {
            return try ShellCommand(text: command, byteCountMax: byteCountMax, timeout: timeout)
                .output()
        } catch {
            switch error {
            case .notStarted(let status), .ended(let status): throw .commandFailed(status: status)
            case .tooSlow: throw .commandTooSlow
            }
        }
    }
}

/// Why a master key that does not stand in a file was refused. It never holds what was read.
package enum MasterKeyError: Error, Hashable, Sendable {
    case notAKey
    /// As `wait` gives it.
    case commandFailed(status: Int32)
    /// It was killed.
    case commandTooSlow
}
