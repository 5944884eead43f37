/// Why a provider refuses a request; each provider words it in its own error object.
struct Refusal: Error, Equatable, Sendable {
    enum Kind: Sendable {
        case badRequest
        case unauthenticated
        case forbidden
        case notFound
        case methodNotAllowed
    }

    var kind: Kind
    var message: String
    /// The query parameter at fault.
    var parameter: String?

    static func badRequest(_ parameter: String, _ message: String) -> Refusal {
        Refusal(kind: .badRequest, message: message, parameter: parameter)
    }

    static func notFound(_ message: String) -> Refusal {
        Refusal(kind: .notFound, message: message)
    }
}
