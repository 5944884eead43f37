/// What a fault makes of an answer, in the provider's own words.
struct FaultyResponse: Sendable {
    let provider: Provider
    let request: SimulatedRequest
    let requestID: String
    let slowness: Duration
    /// Seconds of a `Retry-After`.
    let retryAfterSeconds: Int64

    /// The cursor that the request asks with.
    private var page: String? { request.query.first { $0.name == "page" }?.value }

    func apply(_ fault: Fault, to response: SimulatedResponse) -> SimulatedResponse {
        var changed = response
        switch fault {
        case .slow: changed.delay = slowness
        case .hang:
            changed.delay = slowness * Self.hangFactor
            changed.delivery = .disconnected
        case .slowBytes: changed.delivery = .trickled(over: slowness)
        case .truncated: changed.delivery = .truncated
        case .disconnect: changed.delivery = .disconnected
        case .wrongType:
            if case .json(let value) = response.body { changed.body = .json(value.withWrongType) }
        case .malformed:
            changed.body = .text(response.body.text.replacing(":", with: "="), type: "text/html")
        case .changedCursor: changed.body = withNextPage("page_AAAA", in: response.body)
        case .repeatedCursor:
            if let page { changed.body = withNextPage(page, in: response.body) }
        case .forgottenCursor:
            if page != nil { changed = refusal(of: "page") }
        case .badGateway:
            changed = provider == .anthropic ? Self.plainGateway : Self.htmlGateway
        case .rateLimited, .rateLimitedBare, .quotaExceeded, .billing, .serverError, .overloaded,
            .timeout:
            switch provider {
            case .openAI: changed = openAI(fault)
            case .anthropic: changed = anthropic(fault)
            case .openRouter: changed = openRouter(fault)
            }
        }
        return changed
    }

    /// How many times as long as a slow answer one lasts that never comes.
    static let hangFactor = 60

    private func refusal(of parameter: String) -> SimulatedResponse {
        let refusal = Refusal.badRequest(parameter, "Invalid value for '\(parameter)'.")
        switch provider {
        case .openAI: return OpenAIAPI.response(to: refusal)
        case .anthropic: return AnthropicAPI.response(to: refusal, requestID: requestID)
        case .openRouter: return OpenRouterAPI.response(to: refusal)
        }
    }

    /// The body with another cursor, where it has one.
    private func withNextPage(
        _ cursor: String, in body: SimulatedResponse.Body
    ) -> SimulatedResponse.Body {
        guard case .json(.object(var members)) = body,
            let index = members.firstIndex(where: { $0.name == "next_page" })
        else { return body }
        if case .null = members[index].value { return body }
        members[index].value = .string(cursor)
        return .json(.object(members))
    }

    private static let htmlGateway = SimulatedResponse(
        status: 502, text: "<html><body><h1>502 Bad Gateway</h1></body></html>\n",
        type: "text/html")

    private static let plainGateway = SimulatedResponse(
        status: 500, text: "upstream connect error\n", type: "text/plain")

    private var retryAfter: SimulatedResponse.Header {
        .init(name: "retry-after", value: "\(retryAfterSeconds)")
    }

    private func openAI(_ fault: Fault) -> SimulatedResponse {
        switch fault {
        case .rateLimited, .rateLimitedBare:
            OpenAIAPI.error(
                status: 429, message: "Rate limit reached.", type: "rate_limit_error",
                code: "rate_limit_exceeded", headers: fault == .rateLimited ? [retryAfter] : [])
        case .quotaExceeded, .billing:
            OpenAIAPI.error(
                status: 429, message: "You exceeded your current quota.",
                type: "insufficient_quota", code: "insufficient_quota",
                headers: [.init(name: "x-should-retry", value: "false")])
        case .overloaded:
            OpenAIAPI.error(
                status: 503, message: "The engine is currently overloaded.", type: "server_error")
        case .timeout:
            OpenAIAPI.error(status: 504, message: "Gateway timeout.", type: "server_error")
        default:
            OpenAIAPI.error(
                status: 500, message: "The server had an error while processing your request.",
                type: "server_error")
        }
    }

    private func openRouter(_ fault: Fault) -> SimulatedResponse {
        let (status, message): (Int, String) =
            switch fault {
            case .rateLimited, .rateLimitedBare, .quotaExceeded: (429, "Rate limit exceeded")
            case .billing: (402, "Insufficient credits")
            case .overloaded: (503, "Service unavailable")
            case .timeout: (504, "Gateway timeout")
            default: (500, "Internal server error")
            }
        return OpenRouterAPI.error(
            status: status, message: message, headers: fault == .rateLimited ? [retryAfter] : [])
    }

    private func anthropic(_ fault: Fault) -> SimulatedResponse {
        let (status, type, message): (Int, String, String) =
            switch fault {
            case .rateLimited, .rateLimitedBare, .quotaExceeded:
                (429, "rate_limit_error", "Rate limit reached.")
            case .billing: (402, "billing_error", "There is a problem with billing.")
            case .overloaded: (529, "overloaded_error", "Overloaded")
            case .timeout: (504, "timeout_error", "The request timed out.")
            default: (500, "api_error", "Internal server error")
            }
        return AnthropicAPI.error(
            status: status, type: type, message: message, requestID: requestID,
            headers: fault == .rateLimited ? [retryAfter] : [])
    }
}

extension JSONValue {
    /// The same value, but the first count or amount of the first result is of another type.
    var withWrongType: JSONValue {
        var isDone = false
        return spoiled(&isDone, inResults: false)
    }

    private func spoiled(_ isDone: inout Bool, inResults: Bool) -> JSONValue {
        switch self {
        case .array(let elements):
            return .array(elements.map { $0.spoiled(&isDone, inResults: inResults) })
        case .object(let members):
            return .object(
                members.map { member in
                    guard !isDone else { return member }
                    if inResults, member.name == "amount" {
                        isDone = true
                        return Member(name: member.name, value: true)
                    }
                    if inResults, case .integer = member.value {
                        isDone = true
                        return Member(name: member.name, value: "one thousand")
                    }
                    let below = inResults || member.name == "results"
                    return Member(
                        name: member.name, value: member.value.spoiled(&isDone, inResults: below))
                })
        default: return self
        }
    }
}
