import API
import Core
import Domain
import FoundationEssentials

/// An organization's own words about a connection.
struct ConnectionLabels: Sendable, Hashable {
    static let countMax = 20
    static let keyLengthMax = 63
    static let valueLengthMax = 200

    let values: [String: String]

    /// Checks in order: `TOO_MANY_LABELS`, then label by label `LABEL_KEY_MALFORMED`,
    /// `LABEL_KEY_DUPLICATE`, `LABEL_VALUE_MALFORMED`.
    init(wire labels: [Label]) throws(ServiceError) {
        guard labels.count <= Self.countMax else {
            throw ServiceError(
                .invalidArgument, "TOO_MANY_LABELS", field: "labels",
                "a connection has at most \(Self.countMax) labels")
        }
        var values: [String: String] = [:]
        for (index, label) in labels.enumerated() {
            guard Self.isKey(label.key) else {
                throw ServiceError(
                    .invalidArgument, "LABEL_KEY_MALFORMED", field: "labels[\(index)].key",
                    "a label's key is 1 to \(Self.keyLengthMax) ASCII letters, digits, _, -, . "
                        + "and /, and begins with a letter or digit")
            }
            guard values.updateValue(label.value, forKey: label.key) == nil else {
                throw ServiceError(
                    .invalidArgument, "LABEL_KEY_DUPLICATE", field: "labels[\(index)].key",
                    "a connection has one label of a key")
            }
            guard label.value.unicodeScalars.count <= Self.valueLengthMax,
                UnseenCharacter.first(in: label.value) == nil
            else {
                throw ServiceError(
                    .invalidArgument, "LABEL_VALUE_MALFORMED", field: "labels[\(index)].value",
                    "a label's value has at most \(Self.valueLengthMax) characters, all of them "
                        + "such as people can see, in one line")
            }
        }
        self.values = values
    }

    /// - Throws: `DecodingError` for what `json` did not write.
    init(json: String) throws {
        values = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
    }

    /// As they are stored.
    var json: String {
        get throws {
            String(decoding: try JSONEncoder().encode(values), as: UTF8.self)
        }
    }

    var wire: [Label] {
        values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .map { Label(key: $0.key, value: $0.value) }
    }

    /// Those with a value.
    var withValue: ConnectionLabels {
        ConnectionLabels(values: values.filter { !$0.value.isEmpty })
    }

    /// Keys of those without a value.
    var keysWithoutValue: [String] {
        values.filter(\.value.isEmpty).map(\.key).sorted()
    }

    private init(values: [String: String]) {
        self.values = values
    }

    static func isKey(_ text: String) -> Bool {
        let isFirst = { (byte: UInt8) in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        }
        guard let first = text.utf8.first, isFirst(first), text.utf8.count <= keyLengthMax else {
            return false
        }
        return text.utf8.allSatisfy { isFirst($0) || "_-./".utf8.contains($0) }
    }
}
