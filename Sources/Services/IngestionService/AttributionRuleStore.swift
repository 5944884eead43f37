import API
import Core
import Domain
import Postgres
import Synchronization

/// The organizations' attribution rules, remembered per process.
final class AttributionRuleStore: Sendable {
    /// How long a process may go on with rules that an organization changed.
    static let refreshMicroseconds: Int64 = 1_000_000
    /// Beyond so many organizations, all are forgotten and asked for again.
    private static let organizationsMax = 10_000

    private struct Loaded {
        let newest: Int64
        let timeline: AttributionTimeline
        let checkedAt: Instant
    }

    private struct Key: Hashable {
        let organization: OrganizationID
        let version: Int64
    }

    /// What is there under a number never changes.
    private struct State {
        var loaded: [OrganizationID: Loaded] = [:]
        var rules: [Key: AttributionRules] = [:]
        var byteCount = 0
    }

    private let state = Mutex(State())
    private let byteCountMax: Int

    /// - Parameter byteCountMax: beyond so many bytes of rules as JSON, all are forgotten. In memory they
    ///   take a few times as much.
    init(byteCountMax: Int = 64 << 20) {
        self.byteCountMax = byteCountMax
    }

    /// Which versions hold when, where that is in memory and at most a second old.
    func recentTimeline(of organization: OrganizationID, now: Instant) -> AttributionTimeline? {
        guard let loaded = state.withLock({ $0.loaded[organization] }),
            abs(now.microseconds - loaded.checkedAt.microseconds) < Self.refreshMicroseconds
        else { return nil }
        return loaded.timeline
    }

    /// The same, read where it is older. The transaction acts for the organization.
    func timeline(
        of organization: OrganizationID, in transaction: PostgresTransaction, now: Instant
    ) async throws -> AttributionTimeline {
        if let recent = recentTimeline(of: organization, now: now) { return recent }
        let newest =
            try await transaction.first(
                SelectNewestAttributionVersion(organization: organization)) ?? 0
        let known = state.withLock { $0.loaded[organization] }
        let timeline: AttributionTimeline
        if let known, known.newest == newest {
            timeline = known.timeline
        } else if newest == 0 {
            timeline = AttributionTimeline([])
        } else {
            timeline = AttributionTimeline(
                try await transaction.run(SelectAttributionTimeline(organization: organization)))
        }
        state.withLock { state in
            if state.loaded.count >= Self.organizationsMax { state.loaded.removeAll() }
            state.loaded[organization] = Loaded(
                newest: newest, timeline: timeline, checkedAt: now)
        }
        return timeline
    }

    /// Asks anew which versions there are; whoever adds one calls it.
    func forget(_ organization: OrganizationID) {
        state.withLock { $0.loaded[organization] = nil }
    }

    /// Rules of versions that are in memory.
    func known(
        _ versions: Set<Int64>, of organization: OrganizationID
    ) -> [Int64: AttributionRules] {
        state.withLock { state in
            var found: [Int64: AttributionRules] = [:]
            for version in versions {
                found[version] = state.rules[Key(organization: organization, version: version)]
            }
            return found
        }
    }

    /// Reads rules of versions, and remembers them.
    func load(
        _ versions: Set<Int64>, of organization: OrganizationID,
        in transaction: PostgresTransaction
    ) async throws -> [Int64: AttributionRules] {
        let rows = try await transaction.run(
            SelectAttributionRules(organization: organization, versions: versions.sorted()))
        var loaded: [Int64: AttributionRules] = [:]
        for row in rows {
            let wire = try API.AttributionRuleSet(json: JSONValue(parsing: row.rulesJSON))
            let rules = try AttributionRules(wire: wire.rules)
            loaded[row.version] = rules
            remember(
                rules, byteCount: row.rulesJSON.utf8.count,
                as: Key(organization: organization, version: row.version))
        }
        return loaded
    }

    private func remember(_ rules: AttributionRules, byteCount: Int, as key: Key) {
        state.withLock { state in
            if state.byteCount + byteCount > byteCountMax {
                state.rules.removeAll()
                state.byteCount = 0
            }
            if state.rules.updateValue(rules, forKey: key) == nil { state.byteCount += byteCount }
        }
    }
}
