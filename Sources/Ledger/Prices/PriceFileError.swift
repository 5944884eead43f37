/// Why a whole price file is refused. Nothing of a refused file is stored.
package struct PriceFileError: Error, Equatable, Sendable {
    package enum Problem: String, Sendable {
        case empty = "PRICE_FILE_EMPTY"
        case columnMissing = "PRICE_FILE_COLUMN_MISSING"
        /// The last line has no end, or a line has fewer or more fields than the header.
        case truncated = "PRICE_FILE_TRUNCATED"
        case valueMalformed = "PRICE_FILE_VALUE_MALFORMED"
        /// A rate, threshold or multiplier that no provider ever asked.
        case valueImplausible = "PRICE_FILE_VALUE_IMPLAUSIBLE"
        /// More than half of the models known so far are gone.
        case modelsVanished = "PRICE_FILE_MODELS_VANISHED"
        /// A rate is a hundred times or a hundredth of what it was: a change of unit, not of price.
        case priceJumped = "PRICE_FILE_PRICE_JUMPED"
    }

    package let problem: Problem
    /// Line of the file, from 1; 0 where the file as a whole is meant.
    package let line: Int
    package let column: String

    package init(_ problem: Problem, line: Int = 0, column: String = "") {
        self.problem = problem
        self.line = line
        self.column = column
    }
}

extension PriceFileError: CustomStringConvertible {
    package var description: String {
        "\(problem.rawValue) at line \(line)" + (column.isEmpty ? "" : ", column \(column)")
    }
}
