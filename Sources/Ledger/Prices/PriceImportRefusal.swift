package import Core
import Domain

/// A file that is refused, with the catalogue that goes on to hold.
package struct PriceImportRefusal: Error {
    package let problem: PriceFileError
    /// Nil where there is none yet.
    package let lastGood: PriceCatalogueRecord?

    package init(problem: PriceFileError, lastGood: PriceCatalogueRecord?) {
        self.problem = problem
        self.lastGood = lastGood
    }

    /// For callers: what is wrong, where, what to do, and which prices go on to hold.
    package var serviceError: ServiceError {
        ServiceError(
            .failedPrecondition, ServiceError.Reason(rawValue: problem.problem.rawValue),
            field: "upload.content", message)
    }

    package var message: String { problemText + " " + held }

    /// What is wrong, where, and what to do.
    package var problemText: String {
        let place = problem.place.joined(separator: ", ")
        return problem.problem.explanation + (place.isEmpty ? "" : " (\(place))") + "."
    }

    private var held: String {
        guard let lastGood else { return "No prices are known yet." }
        let day = lastGood.asOf.map { " of \($0)" } ?? ""
        return "Price catalogue \(lastGood.id) goes on to hold: \(lastGood.source)\(day), imported "
            + "at \(lastGood.importedAt.rfc3339)."
    }
}

extension PriceFileError.Problem {
    /// What is wrong and what to do about it; begins a sentence.
    var explanation: String {
        switch self {
        case .empty: "The file has no price; send a price file"
        case .columnMissing: "The file lacks a column; deploy/catalogue/README.md has them all"
        case .truncated: "The file was cut off; fetch it again"
        case .malformed: "The file is neither CSV nor LiteLLM's price map; fetch it again"
        case .ratioInexact:
            "A tier's rate that follows from others has no exact decimal; say it in the notes"
        case .dateMissing: "The file does not say of which day it is; say it with as_of"
        case .stale:
            "The file is of an earlier day than the prices that are known; fetch a newer one"
        case .dateAhead:
            "The file is of a day that is yet to come, so that a right one would be taken for older; "
                + "correct its date or as_of"
        case .aliasUnknown:
            "An alias names a model without a price; name one that the file or the catalogue has"
        case .aliasAmbiguous:
            "A name is an alias of two models, or an alias and a model of the file; leave one out"
        case .aliasChained: "An alias names an alias; name the model itself"
        case .changeScheduled:
            "A price or alias that changes begins later than that; give a later effective_time"
        case .valueMalformed:
            "A value is not what its field holds; correct it or fetch the file again"
        case .valueImplausible:
            "No provider ever asked such a rate; rates of CSV are USD per million tokens"
        case .modelsVanished:
            "More of the known models are gone than may be; if that is right, raise "
                + "vanished_percent_max"
        case .priceJumped:
            "A rate is by more than the factor above or below what it was; if that is right, raise "
                + "factor_max"
        case .priceBecameFree:
            "A rate that was not free is 0 now; if that is right, say may_become_free"
        }
    }
}
