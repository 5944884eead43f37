/// Something in a price file that is not taken over, with the models that say it.
package struct PriceRemark: Hashable, Sendable {
    package enum Problem: String, Sendable {
        /// The field's rate is not used: events have no quantity of its kind.
        case fieldNotRead = "FIELD_NOT_READ"
        /// The model is left out: its price depends on more than prices here can say.
        case modelNotRead = "MODEL_NOT_READ"
        /// The model is left out: rates that follow from others have no exact decimal.
        case ratioInexact = "RATIO_INEXACT"
        /// The model is left out: it is not priced by tokens.
        case notByTokens = "NOT_PRICED_BY_TOKENS"
        /// The model is left out: another key of the file names it, too, with another price.
        case namedTwice = "NAMED_TWICE"
        /// The alias is left out: the catalogue has a price of that name, and own prices go first.
        case aliasHasPrice = "ALIAS_HAS_PRICE"
    }

    package let problem: Problem
    /// Field of the file, or the mode of models that are not priced by tokens.
    package let field: String
    /// Keys of the file, in their order.
    package let models: [String]
}

/// Collects remarks, one for each problem and field.
struct PriceRemarks {
    private struct Key: Hashable {
        let problem: PriceRemark.Problem
        let field: String
    }

    private var models: [Key: [String]] = [:]

    mutating func add(_ problem: PriceRemark.Problem, field: String, model: String) {
        models[Key(problem: problem, field: field), default: []].append(model)
    }

    var all: [PriceRemark] {
        models.map { PriceRemark(problem: $0.key.problem, field: $0.key.field, models: $0.value) }
            .sorted { ($0.problem.rawValue, $0.field) < ($1.problem.rawValue, $1.field) }
    }
}
