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

    /// A new file that only its owner can read.
    /// - Throws: `Failure` before the secret exists, so that none is lost: call it first with
    ///   nothing to write.
    static func write(_ secret: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else {
            throw Failure("\(path) cannot be written.", remedy: "Name another file.")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard fchmod(descriptor, 0o600) == 0 else {
            throw Failure("\(path) cannot be kept from others.", remedy: "Name another file.")
        }
        if !secret.isEmpty { try handle.write(contentsOf: Data((secret + "\n").utf8)) }
    }
}
