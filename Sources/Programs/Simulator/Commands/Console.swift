import Foundation

/// Lines for people, on standard error; each says whose they are.
enum Console {
    static func say(_ line: String) {
        FileHandle.standardError.write(Data("tally-simulator: \(line)\n".utf8))
    }
}

/// Why a command gives up, for people.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
