import Core
import Encryption

extension OrganizationKeys {
    /// What a row of activity is known by.
    /// - Parameters:
    ///   - naturalKey: the row's, which holds its day and who it was.
    ///   - connection: the account's, as text.
    package func codingActivityKey(of naturalKey: String, connection: String) throws -> [UInt8] {
        try blindIndex(
            of: naturalKey, in: Binding(purpose: "coding_activity.row_key", [connection]))
    }

    /// What somebody is known by on all days, whichever connection tells of them.
    package func codingActorKey(of actor: String, isPerson: Bool) throws -> [UInt8] {
        try blindIndex(
            of: actor,
            in: Binding(purpose: "coding_activity.actor_key", [isPerson ? "person" : "program"]))
    }

    package func seal(
        codingActor actor: String, connection: String, rowKey: [UInt8]
    ) throws -> [UInt8] {
        try seal(actor, in: Self.place(connection, rowKey.hexDigits))
    }

    /// Who a row is about; a text that says so where the keys were destroyed, or cannot be had.
    /// - Parameter rowKey: in hexadecimal digits.
    package func codingActor(
        _ sealed: [UInt8], connection: String, rowKey: String
    ) throws -> String {
        try text(sealed, in: Self.place(connection, rowKey))
    }

    private static func place(_ connection: String, _ rowKey: String) -> Binding {
        Binding(purpose: "coding_activity.sealed_actor", [connection, rowKey])
    }
}
