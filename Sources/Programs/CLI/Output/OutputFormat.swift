import API
import ArgumentParser
import Wire

/// How a result is printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people.
    case table
    /// The whole answer, amounts exact.
    case json
    /// RFC 4180 with a header, amounts exact.
    case csv
}

/// The option that every command with a result has.
struct FormatOption: ParsableArguments {
    @Option(help: "How to print: table for people; json and csv for programs, amounts exact.")
    var format: OutputFormat = .table

    /// Prints a message in the chosen format.
    func print(
        _ message: some WireMessage, table: () throws -> String, csv: () -> [[String]]
    ) throws {
        StandardOutput.write(
            try text(table: table, json: { try message.json(isIndented: true) }, csv: csv),
            terminator: "")
    }

    /// Prints in the chosen format what no message of the contract says.
    func print(
        _ value: JSONValue, table: () throws -> String, csv: () -> [[String]]
    ) throws {
        StandardOutput.write(
            try text(table: table, json: { value.text(isIndented: true) }, csv: csv),
            terminator: "")
    }

    /// What is printed: whole lines; for people without what a terminal obeys.
    func text(
        table: () throws -> String, json: () throws -> String, csv: () -> [[String]]
    ) rethrows -> String {
        switch format {
        case .table: try Table.printableLines(table()) + "\n"
        case .json: try json() + "\n"
        case .csv: CSVText.text(csv())
        }
    }
}
