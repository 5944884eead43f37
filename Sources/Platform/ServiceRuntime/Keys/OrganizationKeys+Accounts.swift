import Encryption

extension OrganizationKeys {
    /// What a provider calls an account, as it is kept: an account of one person is called after it.
    /// - Parameter connection: the account's, as text.
    /// - Returns: Empty where there is no name.
    package func seal(accountName: String, connection: String) throws -> [UInt8] {
        accountName.isEmpty ? [] : try seal(accountName, in: Self.place(connection))
    }

    /// - Returns: Empty where there is none; a text that says so where the keys were destroyed, or cannot
    ///   be had.
    package func accountName(_ sealed: [UInt8], connection: String) throws -> String {
        sealed.isEmpty ? "" : try text(sealed, in: Self.place(connection))
    }

    private static func place(_ connection: String) -> Binding {
        Binding(purpose: "connections.sealed_account_name", [connection])
    }
}
