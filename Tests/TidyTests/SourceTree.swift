import Foundation

/// The project's files as text, for rules that a compiler does not know.
struct SourceTree {
    struct File {
        /// Path from the project's root.
        let path: String
        let lines: [String]

        var name: String { path.split(separator: "/").last.map(String.init) ?? path }
        var isGenerated: Bool { path.contains("/Generated/") || path.hasPrefix("Sources/C/") }
    }

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Files below `folder` whose names end in one of `endings`, hidden folders left out.
    static func files(below folder: String, endings: [String]) throws -> [File] {
        let start = root.appending(path: folder)
        guard
            let walk = FileManager.default.enumerator(
                at: start, includingPropertiesForKeys: nil, options: [.skipsHiddenFiles])
        else { return [] }
        var files: [File] = []
        for case let url as URL in walk
        where endings.contains(where: url.lastPathComponent.hasSuffix) {
            let path = String(url.path.dropFirst(root.path.count + 1))
            let text = try String(contentsOf: url, encoding: .utf8)
            files.append(File(path: path, lines: text.components(separatedBy: "\n")))
        }
        return files.sorted { $0.path < $1.path }
    }

    /// The Swift of all modules but the tests'.
    static func code() throws -> [File] {
        // The package for the gRPC peer lists targets, and is none.
        try files(below: "Sources", endings: [".swift"])
            + files(below: "Benchmarks", endings: [".swift"])
            .filter { $0.path != "Benchmarks/Package.swift" }
    }

    static func file(_ path: String) throws -> File {
        let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        return File(path: path, lines: text.components(separatedBy: "\n"))
    }
}
