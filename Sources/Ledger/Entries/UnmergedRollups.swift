/// What an organization's commits have added to its roll-ups and nobody has merged into them yet.
///
/// The clock counts it. Readers add it up each time, so there is a limit to it; merging costs for each roll-up
/// that is changed, so the limit is far from one commit.
package struct UnmergedRollups: Equatable, Sendable {
    /// A merge takes about a tenth of a second; in so many commits, it makes fewer than one call in 200
    /// wait. A reader takes about two microseconds for each of the roll-ups.
    package static let limit = UnmergedRollups(commits: 512, rollups: 32_768)

    /// Most that one commit leaves unmerged: an export gives what a commit added in one part, which fits a
    /// frame of the wire with so many roll-ups and so many bytes of other quantities.
    static let ofCommitMax = (rollups: 10_000, otherQuantityBytes: 1 << 20)

    var commits: Int
    /// Sum of the commits' roll-ups: one that several commits add to counts for each.
    var rollups: Int

    package init(commits: Int, rollups: Int) {
        self.commits = commits
        self.rollups = rollups
    }

    /// Whether the writer that holds the clock merges it.
    func reaches(_ limit: UnmergedRollups) -> Bool {
        commits >= limit.commits || rollups >= limit.rollups
    }

    mutating func add(_ rollups: Int) {
        commits += 1
        self.rollups += rollups
    }
}
