/// Which stream ids a client has opened, in little memory.
///
/// Rule 6 tells streams that have ended from ids that were never opened. Clients count up in even
/// steps, so a few runs of equal steps hold every id. A client that jumps about has its oldest
/// runs forgotten; ids among them then pass for ended, the milder of the two.
struct StreamHistory: Sendable {
    private struct Run: Sendable {
        let first: UInt32
        var step: UInt32
        var last: UInt32

        func contains(_ id: UInt32) -> Bool {
            id >= first && id <= last && (id == first || (id - first).isMultiple(of: step))
        }
    }

    private static let runCountMax = 64

    private var runs: [Run] = []
    private var forgottenThrough: UInt32 = 0

    /// The highest id so far, 0 for none.
    private(set) var last: UInt32 = 0

    /// Notes a new id.
    /// - Returns: False where it is not above the last (rule 2).
    mutating func open(_ id: UInt32) -> Bool {
        guard id > last else { return false }
        defer { last = id }
        guard var run = runs.popLast() else {
            runs.append(Run(first: id, step: 1, last: id))
            return true
        }
        let step = id - run.last
        if run.first == run.last {
            run.step = step
        }
        if run.step == step {
            run.last = id
            runs.append(run)
        } else {
            runs.append(run)
            runs.append(Run(first: id, step: 1, last: id))
        }
        if runs.count > Self.runCountMax {
            forgottenThrough = runs.removeFirst().last
        }
        return true
    }

    /// Whether the id was opened, as far as is remembered.
    func contains(_ id: UInt32) -> Bool {
        guard id > forgottenThrough else { return id > 0 }
        return runs.last { $0.first <= id }?.contains(id) ?? false
    }
}
