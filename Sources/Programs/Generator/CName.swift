/// Names as protoc-c gives them; the rules are those of its `c_helpers.cc`.
enum CName {
    // protoc-c puts an underscore behind names that C and C++ reserve.
    private static let keywords: Set<String> = [
        "and", "and_eq", "asm", "auto", "bitand", "bitor", "bool", "break", "case", "catch",
        "char", "class", "compl", "const", "const_cast", "continue", "default", "delete", "do",
        "double", "dynamic_cast", "else", "enum", "explicit", "extern", "false", "float", "for",
        "friend", "goto", "if", "inline", "int", "long", "mutable", "namespace", "new", "not",
        "not_eq", "operator", "or", "or_eq", "private", "protected", "public", "register",
        "reinterpret_cast", "return", "short", "signed", "sizeof", "static", "static_cast",
        "struct", "switch", "template", "this", "throw", "true", "try", "typedef", "typeid",
        "typename", "union", "unsigned", "using", "virtual", "void", "volatile", "wchar_t",
        "while", "xor", "xor_eq",
    ]

    /// `tally.v1.EventResult` as `Tally__V1__EventResult`.
    static func type(_ fullName: String) -> String {
        parts(fullName).map { camel($0) }.joined(separator: "__")
    }

    /// `tally.v1.EventResult` as `tally__v1__event_result`.
    static func function(_ fullName: String) -> String {
        parts(fullName).map { lower($0) }.joined(separator: "__")
    }

    /// The constant of a oneof's case: `TALLY__V1__ALLOCATION_RULE__TARGET_UNIT`.
    static func oneofCase(_ fullName: String, oneof: String, field: String) -> String {
        let message = parts(fullName).map { upper($0) }.joined(separator: "__")
        return "\(message)__\(upper(oneof))_\(upper(field))"
    }

    /// The member that holds a field.
    static func member(_ field: String) -> String {
        let name = field.lowercased()
        return keywords.contains(name) ? name + "_" : name
    }

    /// `EventResult` as `EVENT_RESULT`.
    static func upper(_ name: String) -> String {
        lower(name).uppercased()
    }

    /// `EventResult` as `event_result`: an underscore before each capital behind a small letter.
    static func lower(_ name: String) -> String {
        var result = ""
        var wasUpper = true
        for letter in name {
            if letter.isUppercase, !wasUpper { result += "_" }
            wasUpper = letter.isUppercase
            result += letter.lowercased()
        }
        return result
    }

    private static func camel(_ name: String) -> String {
        name.split(separator: "_", omittingEmptySubsequences: false)
            .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func parts(_ fullName: String) -> [String] {
        fullName.split(separator: ".").map(String.init)
    }
}
