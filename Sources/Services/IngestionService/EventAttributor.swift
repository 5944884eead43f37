import Core
import Domain
import Ledger
import ServiceRuntime

/// Derives events' dimensions by the rules in force at their times.
struct EventAttributor: Sendable {
    private let timeline: AttributionTimeline
    /// Of every version that holds at some event's time.
    private let rules: [Int64: AttributionRules]

    /// Mostly out of memory; nil where no version holds at any event's time.
    init?(
        _ timeline: AttributionTimeline, times: some Sequence<Instant>,
        store: AttributionRuleStore, call: Call
    ) async throws {
        guard !timeline.isEmpty else { return nil }
        let versions = Set(times.lazy.compactMap { timeline.version(at: $0) })
        guard !versions.isEmpty else { return nil }
        let organization = try call.organizationID
        var rules = store.known(versions, of: organization)
        let missing = versions.subtracting(rules.keys)
        if !missing.isEmpty {
            let loaded = try await call.snapshot {
                try await store.load(missing, of: organization, in: $0)
            }
            rules.merge(loaded) { $1 }
        }
        self.timeline = timeline
        self.rules = rules
    }

    /// What the event counts under; nil where rules derive nothing.
    func dimensions(of event: LedgerEvent) -> SharedDimensions? {
        guard let version = timeline.version(at: event.time), let rules = rules[version] else {
            return nil
        }
        return event.shared.attributed(version: version) {
            rules.attribute($0, version: version)
        }
    }
}
