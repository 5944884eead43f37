import Domain

/// Roll-up rows of a connection's day in the order of shares, found by the cell of a bill that they are part of.
struct DayRows {
    private typealias Member = (index: Int, row: RollupRow, words: DimensionSet)

    private var byProject: [ExactText: [Member]] = [:]
    private var byModel: [ProjectModel: [Member]] = [:]

    /// `words` are those of the provider's report, where it has any for the row.
    mutating func append(_ index: Int, _ row: RollupRow, as words: DimensionSet) {
        let group = ProjectModel(words)
        byProject[group.project, default: []].append((index, row, words))
        byModel[group, default: []].append((index, row, words))
    }

    func rows(of cell: BillCell) -> [(index: Int, row: RollupRow)] {
        let group = ProjectModel(cell)
        let members = group.model.text.isEmpty ? byProject[group.project] : byModel[group]
        return (members ?? []).filter { cell.holds($0.words) }.map { ($0.index, $0.row) }
    }
}
