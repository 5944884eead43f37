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
        let users = SelectProviderUsersToSeal(organization: organization, limit: 1)
        return try await transaction.first(users) != nil
    }

    /// Seals some of it; returns how much.
    /// - Parameter keys: the organization's, to seal with.
    package func seal(
        limit: Int, _ keys: OrganizationKeys, in transaction: PostgresTransaction
    ) async throws -> Int {
        let accounts = try await transaction.run(
            SelectAccountNamesToSeal(organization: organization, limit: limit))
        if !accounts.isEmpty {
            try await transaction.execute(
                UpdateSealedAccountNames(
                    organization: organization, connections: accounts.map(\.connection),
                    sealedNames: try accounts.map {
                        try keys.seal(accountName: $0.name, connection: $0.connection.text)
                    }))
        }
        if Mutant.keepPeopleInClear.isActive { return accounts.count }
        let users = try await transaction.run(
            SelectProviderUsersToSeal(organization: organization, limit: limit))
        if !users.isEmpty { try await seal(users, keys, in: transaction) }
        return accounts.count + users.count
    }

    private func seal(
        _ users: [SelectProviderUsersToSeal.Row], _ keys: OrganizationKeys,
        in transaction: PostgresTransaction
    ) async throws {
        let (connections, ids) = (users.map(\.connection), users.map(\.id))
        let userKeys = try ids.map { try keys.providerUserKey(of: $0) }
        try await transaction.execute(
            RemoveProviderUsersInClear(
                organization: organization, connections: connections, ids: ids, keys: userKeys))
        let kind = ProviderObject.kindOfUsers
        let sealedNames = try zip(users, userKeys).map { user, key in
            let known = try keys.providerObjectName(
                user.sealedName, connection: user.connection.text, kind: kind, id: user.id)
            return try keys.seal(
                ProviderObjectName(
                    name: known?.name ?? "", email: known?.email ?? "", userID: user.id),
                connection: user.connection.text, kind: kind, id: key)
        }
        try await transaction.execute(
            UpdateSealedProviderUsers(
                organization: organization, connections: connections, ids: ids, keys: userKeys,
                sealedNames: sealedNames))
    }
}
