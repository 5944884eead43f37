import ArgumentParser
import Core
import Foundation
import Postgres
import ServiceRuntime
import Synchronization

/// A file for a token that is about to exist: new, and its owner's alone.
enum NewSecretFile {
    /// Runs `body` with what writes the token, before it counts. Where `body` fails then, the file is
    /// gone again: the token was undone, and would only mislead. But where the connection was lost in the
    /// commit, nobody knows whether it was, and the file, which may be all that there is of it, is kept.
    /// - Parameter lookUp: For people: what says whether a token exists, and how it is ended.
    /// - Throws: what `body` does, `TOKEN_STATE_UNKNOWN`; `ValidationError` where there is a file already, or none
    ///   can be made.
    static func withFile<R>(
        _ path: String, lookUp: String,
        _ body: (_ keep: @Sendable (Secret<String>) throws -> Void) async throws -> R
    ) async throws -> R {
        let written = Mutex<TokenText?>(nil)
        do {
            return try await body { token in
                try write(token, to: path)
                written.withLock { $0 = TokenText(token.reveal()) }
            }
        } catch {
            guard let token = written.withLock({ $0 }) else { throw error }
            // Nothing follows the token but the commit.
            if let error = error as? PostgresError, error.sqlState.isUnavailable {
                throw stateUnknown(of: token, in: path, lookUp, error)
            }
            unlink(path)
            throw error
        }
    }

    private static func stateUnknown(
        of token: TokenText, in path: String, _ lookUp: String, _ cause: PostgresError
    ) -> ServiceError {
        ServiceError(
            .unknown, "TOKEN_STATE_UNKNOWN",
            "The connection to the database was lost (\(cause)) while the token \(token.id) was "
                + "committed: nobody can say here whether it exists. \(path) has it and is kept. \(lookUp) "
                + "If it does not exist, remove the file and begin again.",
            cause: cause)
    }

    /// - Throws: `ValidationError` where there is a file already, or none can be made; what was made
    ///   of it is gone then.
    private static func write(_ token: Secret<String>, to path: String) throws {
        // O_EXCL: neither a file nor a link that somebody left there is ever written to.
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ValidationError(
                errno == EEXIST
                    ? "\(path) is there already and is not overwritten. Name another file."
                    : "\(path) cannot be written. Name another file.")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data((token.reveal() + "\n").utf8))
            // On disk before the token counts.
            try file.synchronize()
        } catch {
            unlink(path)
            throw ValidationError("\(path) cannot be written. Name another file.")
        }
    }
}
