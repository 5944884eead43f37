import Foundation

/// Where the project's files lie, wherever it was checked out.
package enum ProjectFolder {
    package static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    package static var migrations: String { root + "/Migrations" }
    package static var keysMigrations: String { migrations + "/keys" }

    /// Bytes of a file below `Tests/TestSupport/Fixtures`.
    package static func fixture(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: root + "/Tests/TestSupport/Fixtures/" + path)))
    }
}
