/// Why a whole price file is refused. Nothing of a refused file is stored.
package struct PriceFileError: Error, Equatable, Sendable {
    package enum Problem: String, CaseIterable, Sendable {
        case empty = "PRICE_FILE_EMPTY"
        case columnMissing = "PRICE_FILE_COLUMN_MISSING"
        /// The last line has no end, or a line has fewer or more fields than the header.
        case truncated = "PRICE_FILE_TRUNCATED"
        case valueMalformed = "PRICE_FILE_VALUE_MALFORMED"
        /// Not JSON, or JSON that is no price map.
        case malformed = "PRICE_FILE_MALFORMED"
        /// A rate that follows from others by a ratio has no exact decimal: the file must say it.
        case ratioInexact = "PRICE_FILE_RATIO_INEXACT"
        /// Nothing says of which day the file is.
        case dateMissing = "PRICE_FILE_DATE_MISSING"
        /// The file is of an earlier day than the prices that are known.
        case stale = "PRICE_FILE_STALE"
        /// The file says that it is of a day that is yet to come.
        case dateAhead = "PRICE_FILE_DATE_AHEAD"
        /// An alias names a model that has no price.
        case aliasUnknown = "PRICE_FILE_ALIAS_UNKNOWN"
        /// A name is an alias of two models, or an alias and a model with a price.
        case aliasAmbiguous = "PRICE_FILE_ALIAS_AMBIGUOUS"
        /// An alias names an alias, itself even.
        case aliasChained = "PRICE_FILE_ALIAS_CHAINED"
        /// A price or an alias that changes begins later than it is to change.
        case changeScheduled = "PRICE_CHANGE_SCHEDULED"
        /// A rate, threshold or multiplier that no provider ever asked.
        case valueImplausible = "PRICE_FILE_VALUE_IMPLAUSIBLE"
        /// More of the models known so far are gone than may be.
        case modelsVanished = "PRICE_FILE_MODELS_VANISHED"
        /// A rate is so many times what it was, or such a part of it, that it is taken for another unit.
        case priceJumped = "PRICE_FILE_PRICE_JUMPED"
        /// What cost something is to cost nothing.
        case priceBecameFree = "PRICE_FILE_PRICE_BECAME_FREE"
    }

    /// In the place of a problem, where there is no file at all.
    package static let missingReason = "PRICE_FILE_MISSING"

    package let problem: Problem
    /// Line of a CSV, from 1; 0 where the file as a whole is meant.
    package let line: Int
    /// Column or field; empty where none is at fault.
    package let column: String
    /// Key of the model in a price map; empty elsewhere.
    package let model: String

    package init(_ problem: Problem, line: Int = 0, column: String = "", model: String = "") {
        self.problem = problem
        self.line = line
        self.column = column
        self.model = model
    }
}

extension PriceFileError: CustomStringConvertible {
    package var description: String {
        ([problem.rawValue] + place).joined(separator: ", ")
    }

    /// Where in the file, for people; empty where the whole is meant.
    package var place: [String] {
        (line > 0 ? ["line \(line)"] : []) + (model.isEmpty ? [] : ["model \(model)"])
            + (column.isEmpty ? [] : ["field \(column)"])
    }
}
