/// Why a call has no response.
public struct TallyError: Error, Sendable, Hashable {
    /// A canonical status code, the same numbers as gRPC's.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: Int32

        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }

        public static let cancelled = Self(rawValue: 1)
        public static let unknown = Self(rawValue: 2)
        public static let invalidArgument = Self(rawValue: 3)
        public static let deadlineExceeded = Self(rawValue: 4)
        public static let notFound = Self(rawValue: 5)
        public static let alreadyExists = Self(rawValue: 6)
        public static let permissionDenied = Self(rawValue: 7)
        public static let resourceExhausted = Self(rawValue: 8)
        public static let failedPrecondition = Self(rawValue: 9)
        public static let aborted = Self(rawValue: 10)
        public static let outOfRange = Self(rawValue: 11)
        public static let unimplemented = Self(rawValue: 12)
        public static let `internal` = Self(rawValue: 13)
        public static let unavailable = Self(rawValue: 14)
        public static let dataLoss = Self(rawValue: 15)
        public static let unauthenticated = Self(rawValue: 16)
    }

    /// One exact cause, as the server states it.
    public struct Detail: Sendable, Hashable {
        /// Stable, UPPER_SNAKE, for programs.
        public let reason: String
        /// Path such as `events[3].model`; empty where no single field is at fault.
        public let field: String
        /// What is wrong and how to mend it, for people.
        public let description: String
        /// How long to wait before trying again; nil where waiting does not help.
        public let retryAfter: Duration?
    }

    public let code: Code
    /// The first detail's reason; empty where the server gave none.
    public let reason: String
    /// The first detail's field; nil where no single field is at fault.
    public let field: String?
    /// What is wrong, for people.
    public let message: String
    public let details: [Detail]
    /// The first detail's wait.
    public let retryAfter: Duration?
}

extension TallyError: CustomStringConvertible {
    /// Code, reason, field and message.
    public var description: String {
        let place = field.map { " (\($0))" } ?? ""
        return "\(code)\(reason.isEmpty ? "" : " \(reason)")\(place): \(message)"
    }
}
