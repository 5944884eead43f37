/// Names as Prometheus takes them.
enum MetricName {
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`: what does not fit becomes an underscore.
    static func metric(_ text: String) -> String {
        sanitized(text) { $0 == ":" }
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`; names that begin with two underscores are Prometheus' own.
    static func label(_ text: String) -> String {
        let name = sanitized(text) { _ in false }
        return name.hasPrefix("__") ? "x" + name : name
    }

    /// `name` with its unit or kind at the end, once.
    static func suffixed(_ name: String, _ suffix: String) -> String {
        name.hasSuffix(suffix) ? name : name + suffix
    }

    private static func sanitized(
        _ text: String, alsoAllowed: (Unicode.Scalar) -> Bool
    ) -> String {
        var name = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": name.append(scalar)
            case "0"..."9":
                if name.isEmpty { name.append("_") }
                name.append(scalar)
            default: name.append(alsoAllowed(scalar) ? scalar : "_")
            }
        }
        return name.isEmpty ? "_" : String(name)
    }
}
