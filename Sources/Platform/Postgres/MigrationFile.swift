#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// One file of `Migrations/`: `NNNN_name.sql`, numbered from 0001 without gaps.
package struct MigrationFile: Sendable, Equatable {
    package let number: Int
    package let name: String
    package let sql: String

    /// Reads a folder's migrations in order.
    /// - Throws: `MigrationError` where a name, the numbering or the text is not as it must be.
    package static func all(in directory: String) throws -> [MigrationFile] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: directory)
        } catch {
            throw MigrationError.unreadable(file: directory)
        }
        var files: [MigrationFile] = []
        for name in names.sorted() where name.hasSuffix(".sql") {
            guard let number = number(of: name) else { throw MigrationError.badName(file: name) }
            guard let data = FileManager.default.contents(atPath: directory + "/" + name),
                let sql = String(bytes: data, encoding: .utf8), !sql.utf8.contains(0)
            else {
                throw MigrationError.unreadable(file: name)
            }
            files.append(MigrationFile(number: number, name: name, sql: sql))
        }
        guard !files.isEmpty else { throw MigrationError.unreadable(file: directory) }
        for (index, file) in files.enumerated() where file.number != index + 1 {
            throw MigrationError.badNumbering(file: file.name)
        }
        return files
    }

    private static func number(of name: String) -> Int? {
        guard let match = name.wholeMatch(of: #/([0-9]{4})_[a-z0-9_]+\.sql/#) else { return nil }
        return Int(match.1)
    }
}

/// Why migrations cannot be applied.
package enum MigrationError: Error, Equatable, Sendable {
    case unreadable(file: String)
    case badName(file: String)
    /// Numbers start at 0001 and have neither gaps nor doubles.
    case badNumbering(file: String)
    /// The file differs from what was applied under its number.
    case edited(file: String)
    /// The database has a migration that the folder lacks: it belongs to a newer version.
    case unknownToThisVersion(name: String)
    /// The migration failed and left nothing behind.
    case failed(file: String, sqlState: SQLState, message: String)
    /// The migration did not get a lock, however often it was begun, and left nothing behind.
    case locked(file: String, holders: [LockHolder])
}

extension MigrationError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let file): "cannot read migrations from \(file)"
        case .badName(let file): "\(file) is not named NNNN_name.sql"
        case .badNumbering(let file): "\(file) does not follow the number before it"
        case .edited(let file): "\(file) was changed after it had been applied"
        case .unknownToThisVersion(let name):
            "the database has \(name), which this version does not know: it belongs to a newer one"
        case .failed(let file, let state, let message): "\(file) failed with \(state): \(message)"
        case .locked(let file, let holders):
            "\(file) \(LockHolder.reason(holders)). Nothing of it is left; let them end, or end them with "
                + "pg_terminate_backend(process), and migrate again"
        }
    }
}
