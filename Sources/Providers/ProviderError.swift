/// Why a provider's report could not be read, and what to do about it.
///
/// It holds no byte of the answer's body: providers repeat parts of the key in their messages.
package struct ProviderError: Error, Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// 401: the key is wrong, revoked or expired.
        case keyRefused
        /// 403: the key is valid, but may not read the organization's usage.
        case missingPermission
        /// 402: the provider's billing needs someone's attention.
        case billing
        /// 400 and other 4xx: the request is wrong for this provider.
        case badRequest
        case notFound
        /// 429.
        case rateLimited
        /// 5xx.
        case unavailable
        /// 529: the provider sheds load.
        case overloaded
        /// No answer within the time limit.
        case timedOut
        /// No connection, or it broke off.
        case unreachable
        /// The body is beyond the limit.
        case tooLarge(bytesMax: Int)
        /// The answer is not the report it should be.
        case malformed(Malformation)
    }

    package enum Malformation: Sendable, Hashable {
        /// The body ends inside a value.
        case truncated
        /// Not JSON.
        case notJSON
        /// The field is missing or of another type.
        case wrongType(field: String)
        /// `has_more` without a new cursor: paging would never end.
        case cursorDoesNotAdvance
        /// A bucket that is not asked for, or stands behind a later one, or a second time.
        case bucketOutOfOrder
    }

    package let kind: Kind
    /// HTTP status; nil where no answer arrived.
    package var status: Int?
    /// The provider's id of the request, for its support desk.
    package var requestID: String?
    /// What the provider asks us to wait; nil leaves it to our own backoff.
    package var retryAfter: Duration?
    /// Whether the same request may be sent again soon.
    package var isRetryable: Bool

    package init(
        _ kind: Kind, status: Int? = nil, requestID: String? = nil, retryAfter: Duration? = nil,
        isRetryable: Bool? = nil
    ) {
        self.kind = kind
        self.status = status
        self.requestID = requestID
        self.retryAfter = retryAfter
        self.isRetryable = isRetryable ?? kind.isUsuallyRetryable
    }

    /// True where only a new or more powerful key helps.
    package var refusesKey: Bool {
        kind == .keyRefused || kind == .missingPermission
    }

    /// True where less may be asked for at once.
    package var isTooLarge: Bool {
        if case .tooLarge = kind { true } else { false }
    }

    /// The same error, with the request it belongs to.
    func answering(_ response: ProviderResponse) -> ProviderError {
        var copy = self
        copy.status = response.status
        copy.requestID = response.requestID
        return copy
    }
}

extension ProviderError.Kind {
    fileprivate var isUsuallyRetryable: Bool {
        switch self {
        case .rateLimited, .unavailable, .overloaded, .timedOut, .unreachable: true
        // A broken answer is usually a proxy's doing and gone the next time.
        case .malformed: true
        case .keyRefused, .missingPermission, .billing, .badRequest, .notFound, .tooLarge: false
        }
    }

    /// Stable, in UPPER_SNAKE.
    package var reason: String {
        switch self {
        case .keyRefused: "KEY_REFUSED"
        case .missingPermission: "KEY_LACKS_PERMISSION"
        case .billing: "PROVIDER_BILLING"
        case .badRequest: "PROVIDER_BAD_REQUEST"
        case .notFound: "PROVIDER_NOT_FOUND"
        case .rateLimited: "PROVIDER_RATE_LIMITED"
        case .unavailable: "PROVIDER_UNAVAILABLE"
        case .overloaded: "PROVIDER_OVERLOADED"
        case .timedOut: "PROVIDER_TIMED_OUT"
        case .unreachable: "PROVIDER_UNREACHABLE"
        case .tooLarge: "PROVIDER_ANSWER_TOO_LARGE"
        case .malformed(.truncated): "PROVIDER_ANSWER_TRUNCATED"
        case .malformed: "PROVIDER_ANSWER_MALFORMED"
        }
    }
}

extension ProviderError: CustomStringConvertible {
    /// What happened and the remedy, in words for the connection's owner; safe to log and to store.
    package var description: String {
        var text = "\(happening) \(remedy)"
        if let requestID { text += " (request \(requestID))" }
        return text
    }

    var happening: String {
        switch kind {
        case .keyRefused: "The provider refuses the key (401)."
        case .missingPermission: "The key may not read the organization's usage and costs (403)."
        case .billing: "The provider asks for attention to billing (402)."
        case .badRequest: "The provider refuses the request (\(status ?? 400))."
        case .notFound: "The provider does not know this report (404)."
        case .rateLimited: "The provider's rate limit is reached (429)."
        case .unavailable: "The provider fails (\(status ?? 500))."
        case .overloaded: "The provider is overloaded (529)."
        case .timedOut: "The provider did not answer in time."
        case .unreachable: "The provider could not be reached."
        case .tooLarge(let limit): "The provider's answer is larger than \(limit) bytes."
        case .malformed(.truncated): "The provider's answer was cut off."
        case .malformed(.notJSON): "The provider's answer is not JSON."
        case .malformed(.wrongType(let field)):
            "The provider's answer has an unexpected value in \(field)."
        case .malformed(.cursorDoesNotAdvance): "The provider's pages do not come to an end."
        case .malformed(.bucketOutOfOrder):
            "The provider's pages shifted while they were read: a bucket came out of order."
        }
    }

    /// A second connection would count the same days twice.
    private static let replacement = "tally connection replace-key NAME --key-file FILE."

    private var remedy: String {
        switch kind {
        case .keyRefused:
            "Create a new admin key at the provider and give it to this connection: "
                + Self.replacement
        case .missingPermission:
            "An owner of the provider's organization must create an admin key; keys for inference "
                + "and project keys do not suffice. Give it to this connection: "
                + Self.replacement
        case .billing: "Settle the account at the provider; the pull goes on by itself."
        case .badRequest, .notFound:
            "Check the operator's base URL of this provider; else report this as a defect."
        case .rateLimited where !isRetryable:
            "Waiting does not help: check the account's quota and billing at the provider."
        case .rateLimited, .unavailable, .overloaded, .timedOut, .unreachable:
            "Nothing to do: it is tried again."
        case .tooLarge:
            "Less was asked for at once, down to a single hour or day, and it still does not fit: let the "
                + "operator of Tallystick raise TALLY_PROVIDER_ANSWER_BYTES_MAX."
        case .malformed(.truncated), .malformed(.notJSON):
            "It is tried again; if it lasts, check proxies between here and the provider."
        case .malformed:
            "It is tried again; if it lasts, the provider changed its report: update Tallystick."
        }
    }
}
