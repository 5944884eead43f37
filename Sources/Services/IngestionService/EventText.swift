import Core
import Domain
import Ledger

/// Checks of an event's texts.
enum EventText {
    private static let operations: Set<String> = [
        "chat", "responses", "embeddings", "image", "audio", "moderation", "rerank", "tool",
        "batch",
    ]
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
    static func checkUnreserved(source: String) throws(ServiceError) {
        // By bytes, as the database tells sources apart.
        guard !source.utf8.starts(with: EntryWriter.reservedSourcePrefix.utf8) else {
            throw ServiceError(
                .invalidArgument, "SOURCE_RESERVED", field: "source",
                "Sources that begin with \(EntryWriter.reservedSourcePrefix) are the server's own; "
                    + "name the feed otherwise.")
        }
    }

    static func operation(_ text: String) throws(ServiceError) -> String {
        guard !text.isEmpty else { return "chat" }
        guard operations.contains(text) else {
            throw ServiceError(
                .invalidArgument, "OPERATION_UNKNOWN", field: "operation",
                "An operation is one of \(operations.sorted().joined(separator: ", ")).")
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
