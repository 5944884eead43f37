/// Anthropic's admin API as far as the simulator stands in for it.
struct AnthropicAPI: Sendable {
    static let root = "/v1/organizations/"

    let account: SimulatedAccount
    let now: Int64

    /// The account that a request's key opens, by the key's ending. Only the simulator's own keys
    /// are taken: a real key that strays here is refused, and never printed.
    static func accountName(of request: SimulatedRequest) throws(Refusal) -> String {
        guard let key = request.headers["x-api-key"] else {
            throw Refusal(kind: .unauthenticated, message: "x-api-key header is required")
        }
        let isRevoked = key.contains("revoked")
        if key.hasPrefix("sk-ant-admin01-sim-"), !isRevoked {
            return String(key.dropFirst("sk-ant-admin01-sim-".count))
        }
        if key.hasPrefix("sk-ant-"), !key.hasPrefix("sk-ant-admin"), !isRevoked {
            throw Refusal(
                kind: .forbidden, message: "The key does not have permission to read this resource."
            )
        }
        throw Refusal(kind: .unauthenticated, message: "invalid x-api-key")
    }

    func answer(_ request: SimulatedRequest) throws(Refusal) -> JSONValue {
        guard request.headers["anthropic-version"] != nil else {
            throw .badRequest("anthropic-version", "anthropic-version: header is required")
        }
        guard request.method == "GET" else {
            throw Refusal(kind: .methodNotAllowed, message: "Method Not Allowed")
        }
        switch request.path.dropFirst(Self.root.count) {
        case "usage_report/messages":
            return try AnthropicUsage(account: account, now: now).answer(request)
        case "usage_report/claude_code":
            return try AnthropicCode(account: account, now: now).answer(request)
        case "cost_report": return try AnthropicCosts(account: account, now: now).answer(request)
        case "workspaces": return try AnthropicLists().workspaces(request)
        case "api_keys": return try AnthropicLists().keys(request)
        case "users": return try AnthropicLists().users(request)
        case "me":
            return [
                "id": .string(organizationID), "type": "organization",
                "name": "Simulated organization",
            ]
        default: throw .notFound("Not found")
        }
    }

    /// Each account's own: whoever connects two of them connects two organizations.
    private var organizationID: String {
        let digits = String(account.hash, radix: 16)
        let number = String(repeating: "0", count: 16 - digits.count) + digits
        return "00000000-0000-4000-8\(number.prefix(3))-\(number.suffix(12))"
    }

    static func response(to refusal: Refusal, requestID: String) -> SimulatedResponse {
        let type =
            switch refusal.kind {
            case .badRequest, .methodNotAllowed: "invalid_request_error"
            case .unauthenticated: "authentication_error"
            case .forbidden: "permission_error"
            case .notFound: "not_found_error"
            }
        return error(
            status: refusal.kind.status, type: type, message: refusal.message,
            requestID: requestID)
    }

    static func error(
        status: Int, type: String, message: String, requestID: String,
        headers: [SimulatedResponse.Header] = []
    ) -> SimulatedResponse {
        SimulatedResponse(
            status: status, headers: headers,
            json: [
                "type": "error", "error": ["type": .string(type), "message": .string(message)],
                "request_id": .string(requestID),
            ])
    }
}
