import API
import ArgumentParser
import Core
import TallyClient

/// Why a command did not do what it should, in words that say what to do next.
struct Failure: Error {
    /// What happened.
    let problem: String
    /// Path of the field at fault.
    var field: String?
    /// What to do next.
    var remedy: String?
    /// Under which key what may have been changed can be changed again, once.
    var idempotencyKey: String?

    init(_ problem: String, field: String? = nil, remedy: String? = nil) {
        self.problem = problem
        self.field = field
        self.remedy = remedy
    }

    /// The failure that an error means; nil for errors of the argument parser.
    init?(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as TallyError: self.init(error)
        case let unanswered as UnansweredChange:
            self.init(unanswered.error)
            idempotencyKey = unanswered.key
        case let error as ServiceError:
            self.init("\(error.reason.rawValue): \(error.message)", field: error.field)
        case let error as ReflectionError:
            self.init(error.problem, field: error.path.isEmpty ? nil : error.path)
        case let error as JSONError: self.init("This is not JSON: \(error)")
        case is CancellationError: self.init("Interrupted.")
        case is ExitCode, is ValidationError, is CleanExit: return nil
        default:
            // Errors of the argument parser have no public type.
            if String(reflecting: type(of: error)).hasPrefix("ArgumentParser.") { return nil }
            self.init("\(error)")
        }
    }

    private init(_ error: TallyError) {
        let reason = error.reason.isEmpty ? "" : " \(error.reason)"
        self.init(
            "\(error.code)\(reason): \(error.message)", field: error.field,
            remedy: Self.remedy(for: error))
    }

    private static func remedy(for error: TallyError) -> String? {
        if let wait = error.retryAfter { return "Try again in \(wait)." }
        return switch error.code {
        case .unauthenticated:
            "Set TALLY_TOKEN, or the file .local/env, to a token that is valid."
        case .permissionDenied: "Use a token whose role allows this: see tally token list."
        case .unavailable:
            "Check that a server listens at TALLY_ADDRESS and that TALLY_CA_FILE names its "
                + "authority, then try again."
        case .deadlineExceeded: "Try again; the server may be busy."
        case .unimplemented: "The server does not know this method: see tally schema."
        case .internal: "Give the incident's number to whoever operates the server."
        default: nil
        }
    }

    /// As standard error shows it: without what a terminal obeys, since a server, or a file, may be quoted. Further
    /// lines of what is quoted are marked, so that none passes for one of the command's own.
    var text: String {
        var lines = ["tally: \(Self.quoted(problem))"]
        if let field { lines.append("  field: \(Self.quoted(field))") }
        if let remedy { lines.append("  next: \(Self.quoted(remedy))") }
        if let idempotencyKey {
            lines.append(
                "  again: with TALLY_IDEMPOTENCY_KEY=\(Self.quoted(idempotencyKey)) the same command changes "
                    + "things once, even if this one did.")
        }
        return lines.joined(separator: "\n")
    }

    private static func quoted(_ text: String) -> String {
        Table.printableLines(text).split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "\n  | ")
    }
}
