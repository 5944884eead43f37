/// A five-character code of what went wrong: PostgreSQL's own, and a few of class 08 and 22 that arise on this side.
package struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }

    /// No connection could be made.
    package static let cannotConnect = Self(rawValue: "08001")
    /// The connection was lost; whether a commit under way took effect is not known.
    package static let connectionLost = Self(rawValue: "08006")
    /// Whether a commit took effect, and will outlive the server, is not known.
    package static let commitInDoubt = Self(rawValue: "08007")
    /// The server's answer, or a value bound, is not what the statement expects.
    package static let protocolViolation = Self(rawValue: "08P01")
    package static let featureNotSupported = Self(rawValue: "0A000")
    package static let numericOutOfRange = Self(rawValue: "22003")
    package static let notNull = Self(rawValue: "23502")
    package static let foreignKey = Self(rawValue: "23503")
    package static let unique = Self(rawValue: "23505")
    package static let check = Self(rawValue: "23514")
    package static let exclusion = Self(rawValue: "23P01")
    /// A value returned is of another type than the row asks for, or null where it may not be.
    package static let unexpectedValue = Self(rawValue: "22000")
    package static let characterNotInRepertoire = Self(rawValue: "22021")
    package static let invalidParameter = Self(rawValue: "22023")
    package static let noActiveTransaction = Self(rawValue: "25P01")
    /// The transaction failed earlier and can only be rolled back.
    package static let failedTransaction = Self(rawValue: "25P02")
    package static let unknownStatement = Self(rawValue: "26000")
    package static let serializationFailure = Self(rawValue: "40001")
    package static let deadlock = Self(rawValue: "40P01")
    package static let insufficientPrivilege = Self(rawValue: "42501")
    package static let undefinedTable = Self(rawValue: "42P01")
    package static let outOfMemory = Self(rawValue: "53200")
    package static let lockNotAvailable = Self(rawValue: "55P03")
    /// The statement's timeout ran out, or someone cancelled it.
    package static let queryCanceled = Self(rawValue: "57014")
    package static let adminShutdown = Self(rawValue: "57P01")
    package static let raised = Self(rawValue: "P0001")

    /// Whether the same transaction, tried again, may succeed.
    package var isTransient: Bool { self == .serializationFailure || self == .deadlock }

    /// Whether the database cannot be reached, starts, stops or has no room for one more connection.
    package var isUnavailable: Bool {
        let transaction = rawValue.hasPrefix("08") && self != .protocolViolation
        return transaction || isOfEndOfServer || rawValue.hasPrefix("53")
            || rawValue.hasPrefix("58")
    }

    /// Whether the server, or what serves the connection, starts or stops.
    var isOfEndOfServer: Bool { rawValue.hasPrefix("57P") }
}
