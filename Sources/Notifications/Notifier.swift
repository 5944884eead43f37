package import Core
package import Domain
package import Logging

/// Tells operators that something happened. A message may get lost: the state it tells of stands in
/// the database.
package protocol Notifier: Sendable {
    /// Never fails; what could not be sent is logged.
    func notify(_ notice: ConnectionNotice, _ logger: Logger) async
    func notify(_ notice: RollupNotice, _ logger: Logger) async
}

/// News of a connection.
package struct ConnectionNotice: Hashable, Sendable {
    package enum Kind: String, Sendable {
        case degraded = "connection.degraded"
        case keyRefused = "connection.key_refused"
        case recovered = "connection.recovered"
    }

    package let kind: Kind
    package let organizationID: OrganizationID
    package let connectionID: ConnectionID
    package let displayName: String
    /// What happened and the remedy, in words; empty after a recovery.
    package let detail: String
    package let at: Instant

    package init(
        kind: Kind, organizationID: OrganizationID, connectionID: ConnectionID,
        displayName: String, detail: String, at: Instant
    ) {
        self.kind = kind
        self.organizationID = organizationID
        self.connectionID = connectionID
        self.displayName = displayName
        self.detail = detail
        self.at = at
    }
}
