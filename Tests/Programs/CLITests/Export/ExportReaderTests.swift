import API
import Encryption
import Foundation
import TestSupport
import Testing

@testable import CLI

/// An export is taken for whole exactly if it is.
@Suite struct ExportReaderTests {
    private static let tables: KeyValuePairs<String, [String]> = [
        "counters": [], "members": [#"{"email":"a@b.example"}"#, #"{"email":"ü@b.example"}"#],
        "tokens": [#"{"id":"x"}"#],
    ]

    /// As a server sends it, a row a part.
    private static func parts() throws -> [OrganizationExportPart] {
        let manifest = ExportManifest(tables: tables.map { ExportTable(name: $0.key) })
        var parts = [OrganizationExportPart(part: .manifest(manifest))]
        for (name, rows) in tables {
            parts += rows.map {
                OrganizationExportPart(part: .rows(ExportRows(table: name, rows: [$0])))
            }
            let text = rows.map { $0 + "\n" }.joined()
            let end = ExportTableEnd(
                table: name, rowCount: Int64(rows.count),
                sha256: try SHA256.digest(Array(text.utf8)))
            parts.append(OrganizationExportPart(part: .tableEnd(end)))
        }
        return parts
    }

    private func read(_ parts: [OrganizationExportPart], _ target: any ExportTarget) throws -> Int64
    {
        let reader = try ExportReader(target: target)
        for part in parts { try reader.take(part) }
        return try reader.finish()
    }

    private struct Nowhere: ExportTarget {
        func write(_ rows: [String], of table: String) {}
        func finish(_ manifest: ExportManifest, _ ends: [ExportTableEnd]) {}
    }

    @Test func aWholeExportIsAFolderThatCanBeChecked() throws {
        let path = NSTemporaryDirectory() + "tally-export-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(try read(Self.parts(), FolderExport(path)) == 3)
        for (name, rows) in Self.tables {
            let text = try String(contentsOfFile: "\(path)/\(name).jsonl", encoding: .utf8)
            #expect(text == rows.map { $0 + "\n" }.joined())
            let sums = try String(contentsOfFile: "\(path)/SHA256SUMS", encoding: .utf8)
            let hash = try SHA256.digest(Array(text.utf8))
                .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
            #expect(sums.contains("\(hash)  \(name).jsonl\n"))
        }
        let manifest = try String(contentsOfFile: "\(path)/manifest.json", encoding: .utf8)
        #expect(manifest.contains(#"{"table":"members","rowCount":2,"#))
        // A folder that exists is nobody's to fill.
        #expect(throws: Failure.self) { try FolderExport(path) }
    }

    @Test func whatIsNotWholeIsRefused() throws {
        let whole = try Self.parts()
        for index in whole.indices {
            var parts = whole
            parts.remove(at: index)
            #expect(throws: Failure.self, "without \(index)") { try read(parts, Nowhere()) }
            parts = whole
            parts.insert(whole[index], at: index)
            #expect(throws: Failure.self, "\(index) twice") { try read(parts, Nowhere()) }
        }
        for index in 1..<whole.count {
            #expect(throws: Failure.self, "up to \(index)") {
                try read(Array(whole[..<index]), Nowhere())
            }
        }
        #expect(try read(whole, Nowhere()) == 3)
    }

    @Test func namesThatAreNoTablesMakeNoFiles() throws {
        for name in ["", "../x", "a/b", "A", "a.b"] {
            let manifest = ExportManifest(tables: [ExportTable(name: name)])
            #expect(throws: Failure.self) {
                try read([OrganizationExportPart(part: .manifest(manifest))], Nowhere())
            }
        }
    }
}
