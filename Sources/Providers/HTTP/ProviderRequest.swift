package import Core

/// One GET to a provider's admin API, apart from how it is sent.
package struct ProviderRequest: Sendable {
    /// Below the provider's base URL, with a leading slash.
    package let path: String
    /// In order, before percent-encoding.
    package let query: [(name: String, value: String)]
    /// In lower case, without the key.
    package let headers: [(name: String, value: String)]
    /// The header that carries the key.
    package let credential: (name: String, value: Secret<String>)

    package init(
        path: String, query: [(name: String, value: String)],
        headers: [(name: String, value: String)] = [],
        credential: (name: String, value: Secret<String>)
    ) {
        self.path = path
        self.query = query
        self.headers = headers
        self.credential = credential
    }

    /// Path and query as they go into the request line.
    package var target: String {
        guard !query.isEmpty else { return path }
        let pairs = query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }
        return "\(path)?\(pairs.joined(separator: "&"))"
    }

    /// Percent-encodes everything but the unreserved characters of RFC 3986, section 2.3.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}

/// What a provider answered.
package struct ProviderResponse: Sendable {
    package let status: Int
    /// Names in lower case; the last of several wins.
    package let headers: [String: String]
    package let body: [UInt8]

    package init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The provider's id of the request: OpenAI says `x-request-id`, Anthropic `request-id`. Only
    /// short plain ids are taken over, since they end up in logs.
    package var requestID: String? {
        guard let id = headers["x-request-id"] ?? headers["request-id"],
            (1...100).contains(id.count),
            id.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return id
    }
}

/// Sends requests to one provider.
package protocol ProviderTransport: Sendable {
    func send(_ request: ProviderRequest) async throws(ProviderError) -> ProviderResponse
}
