/// Prometheus' text format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats).
struct ExpositionText: Sendable {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    /// Begins a family; its samples follow.
    mutating func family(_ name: String, type: String, help: String?) {
        if let help {
            // "label_value … Backslash and line feed must be escaped" in HELP too; quotes are not.
            text += "# HELP \(name) \(Self.escaped(help, quotes: false))\n"
        }
        text += "# TYPE \(name) \(type)\n"
    }

    mutating func sample(_ name: String, labels: String, _ value: Double) {
        line(name, labels, Self.number(value))
    }

    mutating func sample(_ name: String, labels: String, _ value: Int64) {
        line(name, labels, String(value))
    }

    private mutating func line(_ name: String, _ labels: String, _ value: String) {
        text += labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n"
    }

    /// `key="value"` pairs for `sample`; names have to be valid.
    static func labels(_ pairs: [(String, String)]) -> String {
        pairs.map { "\($0.0)=\"\(escaped($0.1, quotes: true))\"" }.joined(separator: ",")
    }

    /// As Go's `ParseFloat` reads it, which knows `NaN`, `+Inf` and `-Inf`.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Whole numbers without a fraction, as long as they are exact.
        guard value == value.rounded(), abs(value) < 9_007_199_254_740_992 else {
            return "\(value)"
        }
        return String(Int64(value))
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": result.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: result.append(contentsOf: "\\\"".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
