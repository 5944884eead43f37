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
        switch format {
        case .table: Swift.print(try table())
        case .json: Swift.print(try message.json(isIndented: true))
        case .csv: Swift.print(CSVText.text(csv()), terminator: "")
        }
    }
}
