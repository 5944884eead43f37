import Domain

/// Words of a provider's report, of one project or of all of them, by the names that their models go by.
struct ModelWords {
    private(set) var cells: [BillCell] = []
    private var byModel: [ExactText: [BillCell]] = [:]
    /// By the names without a version, and as the latest, of the models that name one.
    private var byAlias: [ExactText: [BillCell]] = [:]

    mutating func append(_ cell: BillCell) {
        cells.append(cell)
        byModel[cell.model, default: []].append(cell)
        for name in Self.aliases(of: cell.model.text) {
            byAlias[ExactText(name), default: []].append(cell)
        }
    }

    /// Of this very name.
    func named(_ model: String) -> [BillCell] { byModel[ExactText(model)] ?? [] }

    /// Those of which one names a version and the other none. Two versions are two models.
    func aliases(of model: String) -> [BillCell] {
        let ofVersions = byAlias[ExactText(model)] ?? []
        let ofAliases = Self.aliases(of: model).flatMap { named($0) }
        return Array(Set(ofVersions + ofAliases)).sorted { $0.precedes($1) }
    }

    /// Whether there are any of these.
    func knows(_ model: String) -> Bool {
        !named(model).isEmpty || byAlias[ExactText(model)] != nil
            || Self.aliases(of: model).contains { !named($0).isEmpty }
    }

    private static let latest = "-latest"

    /// What the model is called without a day, or without saying that it is the latest, and as the latest.
    private static func aliases(of model: String) -> [String] {
        guard !model.isEmpty else { return [] }
        guard model.utf8.count > latest.utf8.count,
            model.utf8.suffix(latest.utf8.count).elementsEqual(latest.utf8)
        else {
            let undated = PriceCatalogue.undatedNames(of: model)
            return undated + undated.map { $0 + latest }
        }
        return [String(decoding: model.utf8.dropLast(latest.utf8.count), as: UTF8.self)]
    }
}
