import Core
package import Domain
package import Postgres
package import ServiceRuntime

/// What connections of an organization say of people that was stored before it was sealed.
package struct UnsealedPeople: Sendable {
    private let organization: OrganizationID

    package init(of organization: OrganizationID) {
        self.organization = organization
    }

    package func areAny(in transaction: PostgresTransaction) async throws -> Bool {
        let names = SelectAccountNamesToSeal(organization: organization, limit: 1)
        if try await transaction.first(names) != nil { return true }
        let users = SelectProviderUsersToSeal(
            organization: organization, after: .beginning, limit: 1)
        return try await transaction.first(users) != nil
    }

    /// Forgets the places in clear that lists of users have reached, which name one of them each; the lists are
    /// read again from their beginning.
    package func forgetPlaces(in transaction: PostgresTransaction) async throws {
        if Mutant.keepPeopleInClear.isActive { return }
        try await transaction.execute(ForgetUserListPlaces(organization: organization))
    }

    /// Which users were looked at.
    package struct Position: Sendable {
        let connection: ConnectionID
        let id: String

        package static let beginning = Position(
            connection: ConnectionID(UUIDv7(high: 0, low: 0)), id: "")
    }

    /// What one transaction came to.
    package struct Sealed: Sendable {
        package var count = 0
        /// Connections that have users whose name does not open, by user; they stay as they are.
        package var unreadable: [ConnectionID] = []
        /// Where to go on; nil where it is done.
        package var next: Position?
    }

    /// Seals some of it. What does not open keeps nothing else waiting.
    /// - Parameter keys: the organization's, to seal with.
    package func seal(
        after: Position, limit: Int, _ keys: OrganizationKeys, in transaction: PostgresTransaction
    ) async throws -> Sealed {
        var sealed = Sealed()
        let accounts = try await transaction.run(
            SelectAccountNamesToSeal(organization: organization, limit: limit))
        if !accounts.isEmpty {
            try await transaction.execute(
                UpdateSealedAccountNames(
                    organization: organization, connections: accounts.map(\.connection),
                    sealedNames: try accounts.map {
                        try keys.seal(accountName: $0.name, connection: $0.connection.text)
                    }))
            sealed.count = accounts.count
            sealed.next = after
        }
        if Mutant.keepPeopleInClear.isActive { return sealed }
        let users = try await transaction.run(
            SelectProviderUsersToSeal(organization: organization, after: after, limit: limit))
        guard let last = users.last else { return sealed }
        sealed.next = Position(connection: last.connection, id: last.id)
        var opened: [User] = []
        for user in users {
            do {
                opened.append(try User(user, keys))
            } catch {
                sealed.unreadable.append(user.connection)
            }
        }
        if !opened.isEmpty { try await store(opened, keys, in: transaction) }
        sealed.count += opened.count
        return sealed
    }

    /// One whose name was opened.
    private struct User {
        let connection: ConnectionID
        let id: String
        let key: String
        let sealedName: [UInt8]

        init(_ row: SelectProviderUsersToSeal.Row, _ keys: OrganizationKeys) throws {
            let kind = ProviderObject.kindOfUsers
            let known = try keys.providerObjectName(
                row.sealedName, connection: row.connection.text, kind: kind, id: row.id)
            connection = row.connection
            id = row.id
            key = try keys.providerUserKey(of: row.id)
            sealedName = try keys.seal(
                ProviderObjectName(
                    name: known?.name ?? "", email: known?.email ?? "", userID: row.id),
                connection: row.connection.text, kind: kind, id: key)
        }
    }

    private func store(
        _ users: [User], _ keys: OrganizationKeys, in transaction: PostgresTransaction
    ) async throws {
        let (connections, ids) = (users.map(\.connection), users.map(\.id))
        try await transaction.execute(
            RemoveProviderUsersInClear(
                organization: organization, connections: connections, ids: ids,
                keys: users.map(\.key)))
        try await transaction.execute(
            UpdateSealedProviderUsers(
                organization: organization, connections: connections, ids: ids,
                keys: users.map(\.key), sealedNames: users.map(\.sealedName)))
    }
}
