import Domain

/// The accounts of an organization's connections.
///
/// Connections are of one account where the provider says so, where they have the same key, or where they had
/// before: what a connection was known by is remembered when a key is replaced or destroyed. Those of which the provider has named
/// different accounts are of different ones, whatever is remembered.
struct AccountReadings {
    private let byOwner: [ConnectionID: AccountReading]
    private let owners: [ConnectionID: ConnectionID]

    init(_ connections: [ConnectionReading]) {
        var accounts = Accounts(connections)
        let grouped = Dictionary(grouping: connections) { accounts.owner(of: $0.id) }
        byOwner = grouped.mapValues { AccountReading(members: $0.sorted { $0.id < $1.id }) }
        owners = Dictionary(
            connections.map { ($0.id, accounts.owner(of: $0.id)) }, uniquingKeysWith: { $1 })
    }

    /// Names the account of a connection; itself where nothing is known of it.
    func owner(of connection: ConnectionID) -> ConnectionID { owners[connection] ?? connection }

    subscript(connection: ConnectionID) -> AccountReading {
        byOwner[owner(of: connection)] ?? AccountReading(members: [])
    }

    /// Sets of connections that are united, each named by its first.
    private struct Accounts {
        private var parents: [ConnectionID: ConnectionID] = [:]
        /// Of a set, by its name; none where the provider has named none.
        private var named: [ConnectionID: ExactText] = [:]

        init(_ connections: [ConnectionReading]) {
            let ordered = connections.sorted { $0.id < $1.id }
            for reading in ordered {
                named[reading.id] = reading.account.map { ExactText($0) }
            }
            // First by what the provider says, then by what is, so that no key unites what it tells apart.
            unite(ordered) { reading in reading.account.map { [$0] } ?? [] }
            unite(ordered) { $0.identities }
            unite(ordered) { $0.identities + $0.formerIdentities }
        }

        private mutating func unite(
            _ ordered: [ConnectionReading], by names: (ConnectionReading) -> [String]
        ) {
            // Of each account that has a name one, where the provider tells several apart.
            var firsts: [ExactText: [ConnectionID]] = [:]
            for reading in ordered {
                for name in names(reading).map({ ExactText($0) }) {
                    if !(firsts[name] ?? []).contains(where: { unite($0, reading.id) }) {
                        firsts[name, default: []].append(reading.id)
                    }
                }
            }
        }

        mutating func owner(of connection: ConnectionID) -> ConnectionID {
            var owner = connection
            while let parent = parents[owner] { owner = parent }
            if owner != connection { parents[connection] = owner }
            return owner
        }

        /// - Returns: whether they are of one account.
        private mutating func unite(_ one: ConnectionID, _ other: ConnectionID) -> Bool {
            let (one, other) = (owner(of: one), owner(of: other))
            guard one != other else { return true }
            if let left = named[one], let right = named[other], left != right { return false }
            let (owner, member) = one < other ? (one, other) : (other, one)
            parents[member] = owner
            named[owner] = named[owner] ?? named[member]
            return true
        }
    }
}
