/// Where results go. Nothing else in the program prints, so that no text of a server or a file is printed as it came.
enum StandardOutput {
    /// Says a line, or lines, to people: without what a terminal obeys.
    static func say(_ text: String) {
        print(Table.printableLines(text))
    }

    /// Writes what programs read, each character as it is: CSV, exports, and JSON, in whose texts `JSONValue` escapes
    /// what a terminal obeys.
    static func write(_ text: String, terminator: String = "\n") {
        print(text, terminator: terminator)
    }
}
