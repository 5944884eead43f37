import Foundation

/// Secrets come from files or standard input and go to files, never over the command line, which
/// every process of the machine can read.
enum SecretFile {
    /// The first line of the file, or of standard input for `-`.
    static func read(_ path: String) throws -> String {
        let data: Data?
        if path == "-" {
            data = FileHandle.standardInput.readDataToEndOfFile()
        } else {
            data = FileManager.default.contents(atPath: path)
        }
        guard let data else {
            throw Failure("\(path) cannot be read.", remedy: "Check its name and permissions.")
        }
        let line = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).first
        let secret = line.map { $0.trimmingCharacters(in: .whitespaces) } ?? ""
        guard !secret.isEmpty else {
            throw Failure("\(path == "-" ? "Standard input" : path) holds no key.")
        }
        return secret
    }

    /// Makes a new, empty file that only its owner can read. Called before the secret exists, so
    /// that a secret shown once always has a place, and never takes that of another.
    /// - Throws: `Failure` where something of that name exists, or nothing can be written.
    static func reserve(_ path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST {
                throw Failure(
                    "\(path) exists and may hold a secret.",
                    remedy: "Name another file, or remove it.")
            }
            throw Failure("\(path) cannot be written.", remedy: "Name another file.")
        }
        close(descriptor)
    }

    /// Writes the secret into the file that `reserve` made.
    static func fill(_ path: String, with secret: String) throws {
        let descriptor = open(path, O_WRONLY)
        guard descriptor >= 0 else { throw Failure("\(path) cannot be written.") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try handle.write(contentsOf: Data((secret + "\n").utf8))
        try handle.synchronize()
    }
}
