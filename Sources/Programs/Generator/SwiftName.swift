/// Names as Swift has them.
enum SwiftName {
    private static let keywords: Set<String> = [
        "Any", "Protocol", "Self", "Type", "as", "associatedtype", "break", "case", "catch",
        "class", "continue", "default", "defer", "deinit", "do", "else", "enum", "extension",
        "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import", "in",
        "init", "inout", "internal", "is", "let", "nil", "operator", "precedencegroup", "private",
        "protocol", "public", "repeat", "rethrows", "return", "self", "static", "struct",
        "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var",
        "where", "while",
    ]

    /// `api_key_id` as `apiKeyID`, `low_80` as `low80`.
    static func property(_ name: String) -> String {
        let words = name.split(separator: "_")
        let first = words.first.map { $0.lowercased() } ?? name
        return words.dropFirst().reduce(into: first) { result, word in
            result += word.lowercased() == "id" ? "ID" : capitalized(word.lowercased())
        }
    }

    /// `ROLE_OWNER` of `Role` as `owner`: what the type says already is left out.
    static func enumValue(_ name: String, of type: String) -> String {
        let prefix = CName.upper(type) + "_"
        let short = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        // What would begin with a digit keeps its prefix.
        return property(short.first?.isNumber == false ? short : name)
    }

    /// `kind` as `Kind`.
    static func type(_ name: String) -> String {
        capitalized(property(name))
    }

    /// The name as code may declare it.
    static func escaped(_ name: String) -> String {
        keywords.contains(name) ? "`\(name)`" : name
    }

    /// A message or enum within its package: `EventResult.Outcome` of
    /// `tally.v1.EventResult.Outcome`. Packages are lower case, types are not.
    static func qualified(_ fullName: String) -> String {
        fullName.split(separator: ".").drop { $0.first?.isLowercase == true }
            .joined(separator: ".")
    }

    /// `IngestEvents` as `ingestEvents`.
    static func lowerFirst(_ name: String) -> String {
        name.prefix(1).lowercased() + name.dropFirst()
    }

    private static func capitalized(_ word: String) -> String {
        word.prefix(1).uppercased() + word.dropFirst()
    }
}
