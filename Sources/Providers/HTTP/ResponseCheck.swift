import Domain

/// Turns statuses other than 200 into errors, and a body into JSON; shared by all connectors.
enum ResponseCheck {
    /// The JSON of a successful answer.
    static func report(_ response: ProviderResponse) throws(ProviderError) -> JSONField {
        guard response.status == 200 else { throw error(response) }
        do {
            return JSONField(root: try ExactJSONReader.parse(response.body))
        } catch .truncated {
            throw ProviderError(.malformed(.truncated)).answering(response)
        } catch {
            throw ProviderError(.malformed(.notJSON)).answering(response)
        }
    }

    /// The error that an unsuccessful answer stands for.
    static func error(_ response: ProviderResponse) -> ProviderError {
        var error = ProviderError(kind(ofStatus: response.status)).answering(response)
        error.retryAfter = retryAfter(response.headers)
        switch response.headers["x-should-retry"] {
        case "true": error.isRetryable = true
        case "false": error.isRetryable = false
        default: break
        }
        return error
    }

    private static func kind(ofStatus status: Int) -> ProviderError.Kind {
        switch status {
        case 401: .keyRefused
        case 402: .billing
        case 403: .missingPermission
        case 404: .notFound
        case 408, 504: .unavailable
        case 429: .rateLimited
        case 529: .overloaded
        case 500...: .unavailable
        default: .badRequest
        }
    }

    /// The longest that a provider is left alone because it asks for it.
    private static let restSecondsMax: Int64 = 86_400

    /// Milliseconds win over seconds. A date is compared with the one that the answer was sent at, by the same
    /// clock; without that, the wait is left to our backoff.
    private static func retryAfter(_ headers: [String: String]) -> Duration? {
        if let text = headers["retry-after-ms"], let wait = Int64(text), wait >= 0 {
            return .milliseconds(min(wait, restSecondsMax * 1000))
        }
        guard let text = headers["retry-after"] else { return nil }
        if let wait = Int64(text) { return wait < 0 ? nil : .seconds(min(wait, restSecondsMax)) }
        guard let until = HTTPDate(text), let sent = headers["date"].flatMap({ HTTPDate($0) })
        else { return nil }
        return .seconds(min(max(0, until.seconds - sent.seconds), restSecondsMax))
    }
}
