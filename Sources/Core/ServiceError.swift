/// An error as callers see it: a canonical code, a stable reason, the field at fault and a remedy.
///
/// `message` goes to the caller as it is, so it holds no SQL text, path, payload or secret; what
/// operators need to know beyond it is `cause`, which only logs show.
package struct ServiceError: Error, Sendable {
    /// The status code of the call, one of gRPC's canonical numbers.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: Int32

        package init(rawValue: Int32) {
            self.rawValue = rawValue
        }
    }

    /// What exactly is wrong, in UPPER_SNAKE. Programs branch on it, so it never changes.
    package struct Reason: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
        package let rawValue: String

        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        package init(stringLiteral value: String) {
            self.rawValue = value
        }
    }

    package let code: Code
    package let reason: Reason
    /// Path of the field at fault, such as `events[3].model`; nil where no single field is.
    package var field: String?
    /// What is wrong and what to do about it, for people.
    package let message: String
    /// How long to wait before trying again; nil where waiting does not help.
    package var retryAfter: Duration?
    /// What lies beneath; for logs only.
    package var cause: (any Error)?
    package let file: String
    package let line: Int

    package init(
        _ code: Code, _ reason: Reason, field: String? = nil, _ message: String,
        retryAfter: Duration? = nil, cause: (any Error)? = nil,
        file: String = #fileID, line: Int = #line
    ) {
        self.code = code
        self.reason = reason
        self.field = field
        self.message = message
        self.retryAfter = retryAfter
        self.cause = cause
        self.file = file
        self.line = line
    }

    /// The same error with its field below `path`: `time` under `events[3]` is `events[3].time`.
    package func within(_ path: String) -> ServiceError {
        var copy = self
        copy.field = field.map { "\(path).\($0)" } ?? path
        return copy
    }
}

extension ServiceError: Equatable {
    /// Two errors are equal where a program would treat them alike: same code and reason.
    package static func == (left: ServiceError, right: ServiceError) -> Bool {
        left.code == right.code && left.reason == right.reason
    }
}

extension ServiceError: CustomStringConvertible {
    /// Safe to log: no argument, payload or secret.
    package var description: String {
        "\(code) \(reason.rawValue)" + (field.map { " (\($0))" } ?? "")
    }
}

extension ServiceError.Code: CustomStringConvertible {
    package static let ok = Self(rawValue: 0)
    package static let cancelled = Self(rawValue: 1)
    package static let unknown = Self(rawValue: 2)
    package static let invalidArgument = Self(rawValue: 3)
    package static let deadlineExceeded = Self(rawValue: 4)
    package static let notFound = Self(rawValue: 5)
    package static let alreadyExists = Self(rawValue: 6)
    package static let permissionDenied = Self(rawValue: 7)
    package static let resourceExhausted = Self(rawValue: 8)
    package static let failedPrecondition = Self(rawValue: 9)
    package static let aborted = Self(rawValue: 10)
    package static let outOfRange = Self(rawValue: 11)
    package static let unimplemented = Self(rawValue: 12)
    package static let `internal` = Self(rawValue: 13)
    package static let unavailable = Self(rawValue: 14)
    package static let dataLoss = Self(rawValue: 15)
    package static let unauthenticated = Self(rawValue: 16)

    private static let names = [
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND",
        "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
        "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
        "UNAUTHENTICATED",
    ]

    /// The canonical name, such as `INVALID_ARGUMENT`; `CODE_n` for a number without one.
    package var description: String {
        Self.names.indices.contains(Int(rawValue)) ? Self.names[Int(rawValue)] : "CODE_\(rawValue)"
    }
}
