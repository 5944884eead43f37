import Core
import Domain
import Ledger

/// Checks of an event's texts.
enum EventText {
    private static let serviceTiers: Set<String> = ["standard", "batch", "flex", "priority"]

    /// - Throws: `FIELD_MISSING`, `FIELD_TOO_LONG`, `FIELD_HAS_CONTROL_CHARACTERS` or
    ///   `FIELD_HAS_INVISIBLE_CHARACTERS`: two values that look the same would be told apart.
    static func check(
        _ text: String, _ field: String, bytesMax: Int = EventLimits.textBytesMax,
        isRequired: Bool = false
    ) throws(ServiceError) {
        guard !isRequired || !text.isEmpty else {
            throw ServiceError(
                .invalidArgument, "FIELD_MISSING", field: field,
                "Give a value of 1 to \(bytesMax) bytes.")
        }
        guard text.utf8.count <= bytesMax else {
            throw ServiceError(
                .invalidArgument, "FIELD_TOO_LONG", field: field,
                "The value has at most \(bytesMax) bytes.")
        }
        switch UnseenCharacter.first(in: text) {
        case nil: break
        case .control:
            throw ServiceError(
                .invalidArgument, "FIELD_HAS_CONTROL_CHARACTERS", field: field,
                "The value has a line break, tab, zero or other control character; leave it out.")
        case .invisible:
            throw ServiceError(
                .invalidArgument, "FIELD_HAS_INVISIBLE_CHARACTERS", field: field,
                "The value has a character that is not seen or turns the direction of text; leave "
                    + "it out.")
        }
    }

    /// - Throws: `SOURCE_RESERVED` where events could be taken for rows of a provider's report.
    static func checkUnreserved(
        source: String, _ field: String = "source"
    ) throws(ServiceError) {
        // By bytes, as the database tells sources apart.
        guard !source.utf8.starts(with: EntryWriter.reservedSourcePrefix.utf8) else {
            throw ServiceError(
                .invalidArgument, "SOURCE_RESERVED", field: field,
                "Sources that begin with \(EntryWriter.reservedSourcePrefix) are the server's own; "
                    + "name the feed otherwise.")
        }
    }

    /// Any name: providers come to do what nobody listed, and no price depends on it.
    /// - Throws: `OPERATION_MALFORMED`.
    static func operation(_ text: String) throws(ServiceError) -> String {
        guard let first = text.utf8.first else { return "chat" }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        guard text.utf8.count <= EventLimits.operationBytesMax, letters.contains(first),
            text.utf8.allSatisfy({
                letters.contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_")
                    || $0 == UInt8(ascii: "-")
            })
        else {
            throw ServiceError(
                .invalidArgument, "OPERATION_MALFORMED", field: "operation",
                "An operation is a name such as chat or realtime: 1 to "
                    + "\(EventLimits.operationBytesMax) bytes of a-z, 0-9, \".\", \"_\" and "
                    + "\"-\", a letter first.")
        }
        return text
    }

    static func serviceTier(_ text: String) throws(ServiceError) -> String {
        guard !text.isEmpty else { return "standard" }
        guard serviceTiers.contains(text) else {
            throw ServiceError(
                .invalidArgument, "SERVICE_TIER_UNKNOWN", field: "service_tier",
                "A service tier is one of \(serviceTiers.sorted().joined(separator: ", ")).")
        }
        return text
    }
}
