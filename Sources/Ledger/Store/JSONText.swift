import Domain

/// Writes the kinds of JSON object that the ledger stores, without a detour over Foundation.
enum JSONText {
    /// `{"class":n,…}`; `{}` for none.
    static func quantities(_ quantities: some Sequence<Quantity>) -> String {
        object(quantities.map { (string($0.quantityClass.rawValue), String($0.amount)) })
    }

    /// `{"key":"value",…}`
    static func tags(_ tags: [DimensionSet.Tag]) -> String {
        object(tags.map { (string($0.key), string($0.value)) })
    }

    /// `{"dimension":{"rule":"name","sent":"value"},…}`; without `sent` where there was nothing, and of the
    /// user, since that is sealed.
    static func derived(_ derived: [Attribution.Derived]) -> String {
        object(
            derived.map { one in
                var members = [("\"rule\"", string(one.rule.text))]
                if let sent = one.sent, one.target != .named(.user) {
                    members.append(("\"sent\"", string(sent.text)))
                }
                return (string(one.target.text), object(members))
            })
    }

    private static func object(_ members: [(String, String)]) -> String {
        "{" + members.map { "\($0):\($1)" }.joined(separator: ",") + "}"
    }

    /// RFC 8259, section 7: quotes, backslashes and control characters are escaped.
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
