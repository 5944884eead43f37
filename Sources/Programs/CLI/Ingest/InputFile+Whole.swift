import Foundation

extension InputFile {
    /// All that a file holds, or standard input.
    static func bytes(of name: String) throws -> [UInt8] {
        if name == standardInput {
            return [UInt8](FileHandle.standardInput.readDataToEndOfFile())
        }
        guard let contents = FileManager.default.contents(atPath: name) else {
            throw Failure("\(name) cannot be read.", remedy: "Check its name and permissions.")
        }
        return [UInt8](contents)
    }
}
