import API
import Encryption

/// Takes an export apart and finds out whether it is whole.
final class ExportReader {
    private let target: any ExportTarget
    private var manifest: ExportManifest?
    private var ends: [ExportTableEnd] = []
    /// Rows of all tables, and of the one that is being read.
    private var rowCount: Int64 = 0
    private var tableRowCount: Int64 = 0
    private var hasher: SHA256Hasher

    init(target: any ExportTarget) throws {
        self.target = target
        hasher = try SHA256Hasher()
    }

    /// The table whose rows come next; nil before the manifest and after the last.
    private var table: String? {
        guard let manifest, ends.count < manifest.tables.count else { return nil }
        return manifest.tables[ends.count].name
    }

    func take(_ part: OrganizationExportPart) throws {
        switch part.part {
        case .manifest(let manifest) where self.manifest == nil:
            try Self.check(manifest)
            self.manifest = manifest
        case .rows(let part) where part.table == table:
            for row in part.rows { try hasher.update(Array((row + "\n").utf8)) }
            tableRowCount += Int64(part.rows.count)
            try target.write(part.rows, of: part.table)
        case .tableEnd(let end) where end.table == table:
            guard end.rowCount == tableRowCount, try end.sha256 == hasher.finish() else {
                throw Self.broken("The rows of \(end.table) are not those that the server sent.")
            }
            rowCount += tableRowCount
            tableRowCount = 0
            ends.append(end)
        default:
            throw Self.broken("A part of the export came out of order.")
        }
    }

    /// How many rows there were.
    func finish() throws -> Int64 {
        guard let manifest, ends.count == manifest.tables.count else {
            throw Self.broken("The export ended before its last table.")
        }
        try target.finish(manifest, ends)
        return rowCount
    }

    /// Names of tables become names of files.
    private static func check(_ manifest: ExportManifest) throws {
        for table in manifest.tables {
            let isPlain = table.name.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: "_")
            }
            guard isPlain, !table.name.isEmpty else {
                throw broken("The server named a table \(table.name.debugDescription).")
            }
        }
    }

    private static func broken(_ text: String) -> Failure {
        Failure(text, remedy: "Export again, into another folder.")
    }
}
