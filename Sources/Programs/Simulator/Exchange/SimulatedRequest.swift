/// A request as the simulator reads it, apart from any HTTP library.
struct SimulatedRequest: Sendable {
    struct Parameter: Equatable, Sendable {
        var name: String
        var value: String
    }

    var method: String
    /// Decoded, without the query.
    var path: String
    /// Decoded, in order.
    var query: [Parameter]
    /// By name in lower case.
    var headers: [String: String]

    init(
        method: String = "GET", path: String, query: [Parameter] = [],
        headers: [String: String] = [:]
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
    }

    /// `target` is a path with its query, percent-encoded, as the request line has it.
    init(method: String, target: String, headers: [String: String]) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let pairs = parts.count > 1 ? parts[1].split(separator: "&") : []
        self.init(
            method: method, path: Self.decoded(parts.first ?? ""),
            query: pairs.map { pair in
                let sides = pair.split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return Parameter(
                    name: Self.decoded(sides[0]),
                    value: sides.count > 1 ? Self.decoded(sides[1]) : "")
            },
            headers: headers)
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
