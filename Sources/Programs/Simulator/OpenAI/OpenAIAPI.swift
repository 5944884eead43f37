/// OpenAI's admin API as far as the simulator stands in for it.
struct OpenAIAPI: Sendable {
    static let root = "/v1/organization/"

    let account: SimulatedAccount
    let now: Int64
    let amountsAsNumbers: Bool

    /// The account that a request's key opens, by the key's ending.
    ///
    /// Only keys that say they are the simulator's own are taken: a real key that strays here is
    /// refused, and never printed.
    static func accountName(of request: SimulatedRequest) throws(Refusal) -> String {
        let prefix = "Bearer "
        guard let header = request.headers["authorization"], header.hasPrefix(prefix) else {
            throw Refusal(kind: .unauthenticated, message: "Incorrect API key provided.")
        }
        let key = String(header.dropFirst(prefix.count))
        let isRevoked = key.contains("revoked")
        if key.hasPrefix("sk-admin-sim-"), !isRevoked {
            return String(key.dropFirst("sk-admin-sim-".count))
        }
        if key.hasPrefix("sk-"), !key.hasPrefix("sk-admin-"), !isRevoked {
            throw Refusal(
                kind: .forbidden,
                message: "You have insufficient permissions for this operation. "
                    + "Missing scopes: api.usage.read.")
        }
        throw Refusal(kind: .unauthenticated, message: "Incorrect API key provided.")
    }

    func answer(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        guard request.method == "GET" else {
            throw Refusal(kind: .methodNotAllowed, message: "Method not allowed.")
        }
        let path = request.path.dropFirst(Self.root.count)
        switch path {
        case "usage/completions":
            return try OpenAIUsage(account: account, now: now).answer(request)
        // Not every account has it: the published specification does not list it yet.
        case "usage/decisions" where account.streams.contains(where: { $0.report == "decisions" }):
            return try OpenAIUsage(account: account, now: now, report: "decisions").answer(request)
        case "costs":
            return try OpenAICosts(account: account, now: now, amountsAsNumbers: amountsAsNumbers)
                .answer(request)
        case "projects": return try OpenAILists(account: account).projects(request)
        case "users": return try OpenAILists(account: account).users(request)
        default:
            let metered = OpenAIMeteredUsage.Report.all.first { path == "usage/\($0.resource)" }
            if let metered {
                return try OpenAIMeteredUsage(report: metered, account: account, now: now)
                    .answer(request)
            }
            let parts = path.split(separator: "/", omittingEmptySubsequences: false)
            if parts.count == 3, parts[0] == "projects", parts[2] == "api_keys" {
                return try OpenAILists(account: account).keys(ofProject: String(parts[1]), request)
            }
            throw .notFound("Unknown request URL: GET \(request.path).")
        }
    }

    static func response(to refusal: Refusal) -> SimulatedResponse {
        let code: JSONValue = refusal.kind == .unauthenticated ? "invalid_api_key" : nil
        return error(
            status: refusal.kind.status, message: refusal.message, type: "invalid_request_error",
            parameter: refusal.parameter, code: code)
    }

    static func error(
        status: Int, message: String, type: String, parameter: String? = nil,
        code: JSONValue = nil, headers: [SimulatedResponse.Header] = []
    ) -> SimulatedResponse {
        SimulatedResponse(
            status: status, headers: headers,
            json: [
                "error": [
                    "message": .string(message), "type": .string(type),
                    "param": JSONValue(parameter), "code": code,
                ]
            ])
    }
}

extension Refusal.Kind {
    var status: Int {
        switch self {
        case .badRequest: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        }
    }
}
