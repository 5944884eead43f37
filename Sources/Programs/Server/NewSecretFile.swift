import ArgumentParser
import Core
import Foundation

/// A file for a secret that is about to exist: new, and its owner's alone.
enum NewSecretFile {
    /// - Throws: `ValidationError` where there is a file already, or none can be made; what was made
    ///   of it is gone then.
    static func write(_ secret: Secret<String>, to path: String) throws {
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
