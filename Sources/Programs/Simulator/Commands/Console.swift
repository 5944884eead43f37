import Foundation

/// Lines for people, on standard error; each says whose they are.
enum Console {
    static func say(_ line: String) {
        FileHandle.standardError.write(Data("tally-simulator: \(line)\n".utf8))
    }
}
