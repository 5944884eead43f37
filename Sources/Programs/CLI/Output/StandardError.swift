import Foundation

/// Where progress and failures go, so that standard output holds results only.
enum StandardError {
    /// Says a line, or lines, without what a terminal obeys: a server, or a file, may be quoted.
    static func write(_ text: String) {
        draw(Table.printableLines(text) + "\n")
    }

    /// Writes text as it is: a bar that moves, and what stands around it, which whoever draws it has made safe.
    static func draw(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
