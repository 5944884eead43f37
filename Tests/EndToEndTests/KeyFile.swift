import Foundation
import Testing

/// A file with 32 random bytes in base64, as programs read their keys.
enum KeyFile {
    /// - Returns: Its path.
    static func make(_ name: String, in folder: URL) throws -> String {
        let file = folder.appending(path: name)
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        try #require(
            FileManager.default.createFile(
                atPath: file.path, contents: Data(Data(bytes).base64EncodedString().utf8),
                attributes: [.posixPermissions: 0o600]))
        return file.path
    }
}
