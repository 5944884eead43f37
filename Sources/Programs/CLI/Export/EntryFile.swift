import Foundation

/// A new file, which gets its name once it is whole.
final class EntryFile {
    private let path: String
    private let partialPath: String
    private let file: FileHandle

    /// Makes the file, readable by its owner alone; one that exists is left alone.
    init(_ path: String) throws {
        self.path = path
        partialPath = path + ".partial"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Failure("\(path) exists.", remedy: "Name a new file, or remove this one.")
        }
        guard
            FileManager.default.createFile(
                atPath: partialPath, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: partialPath)
        else {
            throw Failure(
                "\(partialPath) cannot be written.", remedy: "Name a file in a folder of yours.")
        }
        self.file = file
    }

    func write(_ text: String) throws {
        try file.write(contentsOf: Data(text.utf8))
    }

    func finish() throws {
        try file.close()
        try FileManager.default.moveItem(atPath: partialPath, toPath: path)
    }
}
