import Foundation

/// Settings in a file: lines `NAME=VALUE`, blank lines and lines that begin with `#`.
enum EnvironmentFile {
    /// - Throws: `Failure` with the line that is neither.
    static func parse(_ text: String, name: String) throws -> [String: String] {
        var values: [String: String] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let equals = line.firstIndex(of: "="), equals > line.startIndex else {
                throw Failure(
                    "\(name), line \(index + 1) is not NAME=VALUE.",
                    remedy: "Mend the line or remove it.")
            }
            values[String(line[..<equals])] = String(line[line.index(after: equals)...])
        }
        return values
    }

    /// `.local/env` of the folder or of the nearest one above it that has one; empty without.
    static func nearest(to folder: URL) throws -> [String: String] {
        var folder = folder.standardizedFileURL
        while true {
            let file = folder.appending(path: ".local/env")
            if let data = FileManager.default.contents(atPath: file.path) {
                return try parse(String(decoding: data, as: UTF8.self), name: file.path)
            }
            let parent = folder.deletingLastPathComponent().standardizedFileURL
            if parent.path == folder.path { return [:] }
            folder = parent
        }
    }
}
