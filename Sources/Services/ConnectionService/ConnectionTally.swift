import API
import Core
import Domain

/// One connection as a summary counts it.
struct ConnectionTally: Sendable {
    let id: ConnectionID
    let provider: ConnectedProvider
    /// As it is shown.
    let health: ConnectionHealth
    let lastSuccessAt: Instant?
    let recordOf: RecordKind
    /// Reports that it is the record of, and whose last pull failed.
    let failingReports: Int

    /// Nobody waits for a paused one, nor is one to act.
    var isWaitedFor: Bool { health != .paused && health != .deleted }
}

extension SummarizeConnectionsResponse {
    /// Some connections as one.
    /// - Parameter pulls: of those that are waited for.
    init(_ tallies: [ConnectionTally], _ pulls: PullTally) {
        let waitedFor = tallies.filter(\.isWaitedFor)
        let successes = waitedFor.compactMap(\.lastSuccessAt)
        let reports = pulls.setAside.filter(\.stream.isOfSpend)
        var reasons: [String: Set<ConnectionID>] = [:]
        for pull in reports { reasons[pull.reason, default: []].insert(pull.connectionID) }
        // Of one that is set aside, the provider's own word for it says more.
        let setAside = Set(reports.map(\.connectionID))
        let refused = waitedFor.filter { $0.health == .keyRefused && !setAside.contains($0.id) }
        if !refused.isEmpty { reasons["KEY_REFUSED", default: []].formUnion(refused.map(\.id)) }
        self.init(
            connections: Int32(tallies.count),
            healths: Self.counts(tallies.map(\.health.rawValue)).map {
                HealthCount(health: ConnectionHealth(rawValue: $0), connections: $1)
            },
            providers: Self.counts(tallies.map(\.provider.wire.rawValue)).map {
                ProviderCount(provider: Provider(rawValue: $0), connections: $1)
            },
            neverSynced: Int32(tallies.count { $0.lastSuccessAt == nil }),
            oldestSuccessTime: successes.min().map { Timestamp($0) },
            newestSuccessTime: successes.max().map { Timestamp($0) },
            nextRunTime: pulls.nextRunAt.map { Timestamp($0) },
            needAdmin: Int32(setAside.count + refused.count),
            attentions: reasons.sorted { $0.key < $1.key }.map {
                Attention(reason: $0.key, connections: Int32($0.value.count))
            },
            reportsFailing: Int32(waitedFor.map(\.failingReports).reduce(0, +)),
            reportsSetAside: Int32(reports.count),
            listsSetAside: Int32(pulls.setAside.count - reports.count),
            reportsRunning: Int32(pulls.running))
    }

    /// How often each number is there, by number.
    private static func counts(_ numbers: [Int32]) -> [(Int32, Int32)] {
        Dictionary(numbers.map { ($0, 1) }, uniquingKeysWith: +).sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }
}
