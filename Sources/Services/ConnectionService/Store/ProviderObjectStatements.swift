package import Core
package import Domain
package import Postgres
package import ServiceRuntime

/// What a list of a provider says of one thing, its name sealed, and with it the id of a user.
package struct ProviderObject: Sendable {
    static let kindOfUsers = "user"

    /// As it is stored: in the place of a user's stands a hash.
    package let id: String
    /// In clear, to be compared.
    let name: ProviderObjectName
    package let sealedName: [UInt8]
    package let status: String

    /// - Parameters:
    ///   - id: the provider's.
    ///   - keys: the organization's, to seal with.
    package init(
        kind: String, id: String, name: String, email: String, status: String,
        connection: ConnectionID, keys: OrganizationKeys
    ) throws {
        let isUser = kind == Self.kindOfUsers
        self.id = isUser ? try keys.providerUserKey(of: id) : id
        self.name = ProviderObjectName(name: name, email: email, userID: isUser ? id : nil)
        sealedName = try keys.seal(
            self.name, connection: connection.text, kind: kind, id: self.id)
        self.status = status
    }
}

/// Stores what one page of a list says; each id at most once. `store(_:in:)` keeps the names of before, too.
package struct UpsertProviderObjects: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        INSERT INTO provider_objects (org_id, connection_id, kind, id, sealed_name, status,
            first_seen_at, last_seen_at, id_is_sealed)
        SELECT $1, $2, $3, o.id, o.sealed_name, o.status, $7, $7, $8
        FROM unnest($4::text[], $5::bytea[], $6::text[]) AS o (id, sealed_name, status)
        ON CONFLICT (org_id, connection_id, kind, id) DO UPDATE
        SET sealed_name = excluded.sealed_name, status = excluded.status,
            last_seen_at = excluded.last_seen_at, gone_at = NULL
        """

    package let organizationID: OrganizationID
    package let connectionID: ConnectionID
    package let kind: String
    package let objects: [ProviderObject]
    /// When the reading of the list began.
    package let seenAt: Instant

    package init(
        organizationID: OrganizationID, connectionID: ConnectionID, kind: String,
        objects: [ProviderObject], seenAt: Instant
    ) {
        self.organizationID = organizationID
        self.connectionID = connectionID
        self.kind = kind
        self.objects = objects
        self.seenAt = seenAt
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(kind)
        bindings.append(objects.map(\.id))
        bindings.append(objects.map(\.sealedName))
        bindings.append(objects.map(\.status))
        bindings.append(seenAt)
        bindings.append(kind == ProviderObject.kindOfUsers)
    }
}

/// Marks what a whole list lacks, which was read since `listedAt`; its name stays.
package struct MarkGoneProviderObjects: PostgresStatement {
    package typealias Row = Void

    package static let sql = """
        UPDATE provider_objects SET gone_at = $4
        WHERE org_id = $1 AND connection_id = $2 AND kind = $3 AND last_seen_at < $4
            AND gone_at IS NULL
        """

    package let organizationID: OrganizationID
    package let connectionID: ConnectionID
    package let kind: String
    package let listedAt: Instant

    package init(
        organizationID: OrganizationID, connectionID: ConnectionID, kind: String, listedAt: Instant
    ) {
        self.organizationID = organizationID
        self.connectionID = connectionID
        self.kind = kind
        self.listedAt = listedAt
    }

    package func bind(into bindings: inout PostgresBindings) {
        bindings.append(organizationID.postgresUUID)
        bindings.append(connectionID.postgresUUID)
        bindings.append(kind)
        bindings.append(listedAt)
    }
}
