import Foundation

/// Where progress and failures go, so that standard output holds results only.
enum StandardError {
    static func write(_ text: String, terminator: String = "\n") {
        FileHandle.standardError.write(Data((text + terminator).utf8))
    }
}
