import Core
import Domain

/// Connections as their days are resolved: one that is the record of an account's bill, and one that is the record of its
/// usage, are one, so that the bill meets the usage that it is for. Else both would count.
struct AccountReadings {
    private let byOwner: [ConnectionID: ConnectionReading]
    private let owners: [ConnectionID: ConnectionID]

    init(_ connections: [ConnectionReading]) {
        byOwner = Dictionary(grouping: connections, by: \.dayOwner).mapValues(Self.merged)
        owners = Dictionary(
            connections.map { ($0.id, $0.dayOwner) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whose days those of a connection are part of.
    func owner(of connection: ConnectionID) -> ConnectionID {
        owners[connection] ?? connection
    }

    /// What is known of the days of a connection that are its own and perhaps others'.
    subscript(connection: ConnectionID) -> ConnectionReading? { byOwner[owner(of: connection)] }

    private static func merged(_ parts: [ConnectionReading]) -> ConnectionReading {
        guard parts.count > 1 else { return parts[0] }
        let bills = parts.filter(\.isRecordOfBilling)
        let usages = parts.filter(\.isRecordOfAttribution)
        var merged = ConnectionReading(
            id: parts[0].dayOwner, displayName: parts[0].displayName,
            usageThrough: least(\.usageThrough, of: usages),
            costsThrough: least(\.costsThrough, of: bills),
            usageReadAt: least(\.usageReadAt, of: usages),
            costsReadAt: least(\.costsReadAt, of: bills),
            lastReadAt: parts.compactMap(\.lastReadAt).max(),
            isRecordOfBilling: bills.contains { !$0.isDeleted },
            isRecordOfAttribution: usages.contains { !$0.isDeleted },
            isDeleted: parts.allSatisfy(\.isDeleted))
        merged.members = Set(parts.map(\.id))
        return merged
    }

    /// As far as the one that was read least, of those that are read still; else as far as any ever was. Nil where
    /// that never was.
    private static func least(
        _ instant: (ConnectionReading) -> Instant?, of parts: [ConnectionReading]
    ) -> Instant? {
        let live = parts.filter { !$0.isDeleted }.map(instant)
        guard !live.isEmpty else { return parts.compactMap(instant).max() }
        return live.contains(nil) ? nil : live.compactMap(\.self).min()
    }
}
