import ArgumentParser
import Core
import Foundation
import Synchronization

/// A file for a secret that is about to exist: new, and its owner's alone.
enum NewSecretFile {
    /// Runs `body` with what writes the secret, before it counts. Where `body` fails then, the file is
    /// gone again: the secret was undone, and would only mislead.
    static func withFile<R>(
        _ path: String,
        _ body: (_ keep: @Sendable (Secret<String>) throws -> Void) async throws -> R
    ) async throws -> R {
        let isWritten = Atomic<Bool>(false)
        do {
            return try await body { secret in
                try write(secret, to: path)
                isWritten.store(true, ordering: .releasing)
            }
        } catch {
            if isWritten.load(ordering: .acquiring) { unlink(path) }
            throw error
        }
    }

    /// - Throws: `ValidationError` where there is a file already, or none can be made; what was made
    ///   of it is gone then.
    private static func write(_ secret: Secret<String>, to path: String) throws {
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
            try file.write(contentsOf: Data((secret.reveal() + "\n").utf8))
            // On disk before the token counts.
            try file.synchronize()
        } catch {
            unlink(path)
            throw ValidationError("\(path) cannot be written. Name another file.")
        }
    }
}
