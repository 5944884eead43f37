import Core
import API
import Foundation
import Wire

/// Where the rows of an export go.
protocol ExportTarget {
    func write(_ rows: [String], of table: String) throws
    /// Called once everything was found whole.
    func finish(_ manifest: ExportManifest, _ ends: [ExportTableEnd]) throws
}

extension ExportTarget {
    /// What was exported, with the number of rows and the hash of each table.
    func summary(_ manifest: ExportManifest, _ ends: [ExportTableEnd]) throws -> String {
        let tables = ends.map { end in
            #"{"table":"\#(end.table)","rowCount":\#(end.rowCount),"sha256":"\#(end.hash)"}"#
        }
        return try #"{"manifest":\#(manifest.json()),"tables":[\#(tables.joined(separator: ","))]}"#
    }
}

extension ExportTableEnd {
    /// The hash in hexadecimal.
    var hash: String { sha256.hexDigits }
}

/// Every row on a line of standard output, beside the name of its table; at last the summary.
struct StandardOutputExport: ExportTarget {
    func write(_ rows: [String], of table: String) {
        for row in rows { StandardOutput.write(#"{"table":"\#(table)","row":\#(row)}"#) }
    }

    func finish(_ manifest: ExportManifest, _ ends: [ExportTableEnd]) throws {
        StandardOutput.write(try summary(manifest, ends))
    }
}

/// A folder with a file of rows for each table, the files' hashes, and the summary.
final class FolderExport: ExportTarget {
    private let folder: URL
    /// The file that was written last.
    private var open: (table: String, file: FileHandle)?

    /// Makes the folder, readable by its owner alone; one that exists is left alone.
    init(_ path: String) throws {
        folder = URL(filePath: path, directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(
                "\(path) cannot be made.", remedy: "Name a new folder in one that exists.")
        }
    }

    func write(_ rows: [String], of table: String) throws {
        if open?.table != table {
            try open?.file.close()
            open = (table, try file("\(table).jsonl"))
        }
        try open?.file.write(contentsOf: Data(rows.map { $0 + "\n" }.joined().utf8))
    }

    func finish(_ manifest: ExportManifest, _ ends: [ExportTableEnd]) throws {
        try open?.file.close()
        open = nil
        for end in ends where end.rowCount == 0 { try file("\(end.table).jsonl").close() }
        let sums = ends.map { "\($0.hash)  \($0.table).jsonl\n" }.joined()
        try Data(sums.utf8).write(to: folder.appending(path: "SHA256SUMS"))
        // Last: a folder without it is not whole.
        try Data(try summary(manifest, ends).utf8).write(
            to: folder.appending(path: "manifest.json"))
    }

    private func file(_ name: String) throws -> FileHandle {
        let url = folder.appending(path: name)
        guard
            FileManager.default.createFile(
                atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o600])
        else {
            throw Failure("\(url.path) cannot be written.", remedy: "Look for room on the disk.")
        }
        return try FileHandle(forWritingTo: url)
    }
}
