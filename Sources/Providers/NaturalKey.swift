import Core

/// The canonical text that names a row of a report within its account.
///
/// `stream`, start of the bucket in Unix seconds, then `name=value` of each dimension that is not
/// null, in the connector's fixed order, joined by the unit separator. Null and empty differ, since
/// a null is left out.
enum NaturalKey {
    static func text(
        stream: String, bucket: ReportWindow, dimensions: [ReportedDimension]
    ) -> String {
        var text = "\(stream)\u{1f}\(bucket.from.seconds)"
        for dimension in dimensions {
            text += "\u{1f}\(dimension.name)=\(escaped(dimension.value))"
        }
        return text
    }

    /// Keeps a value that holds the separator from reading like two dimensions.
    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x1F || $0 == UInt8(ascii: "\\") }) else {
            return value
        }
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\u{1f}": escaped += "\\s"
            case "\\": escaped += "\\\\"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
