import Domain

/// What calls are counted by.
struct ProjectModel: Hashable {
    let project: ExactText
    /// Empty for what no model did.
    let model: ExactText

    init(_ dimensions: DimensionSet) {
        project = ExactText(dimensions.project)
        model = ExactText(dimensions.model)
    }

    init(_ cell: BillCell) {
        project = cell.project
        model = cell.model
    }

    init(project: ExactText, model: ExactText) {
        self.project = project
        self.model = model
    }
}
