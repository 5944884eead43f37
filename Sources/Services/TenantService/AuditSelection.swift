import API
import Core
import ServiceRuntime

/// Which rows of an audit log a caller asks for, checked.
struct AuditSelection: Sendable {
    let start: Instant?
    let end: Instant?
    /// Nil lets all pass, here and below.
    let tokenID: String?
    let onBehalfOf: String?
    let method: String?
    let objectType: String?
    let objectID: String?

    /// What rows of `onBehalfOf` are found by; nil where all pass.
    /// - Throws: as `OrganizationKeys.blindIndex`.
    func onBehalfOfKey(_ keys: OrganizationKeys) throws -> [UInt8]? {
        try onBehalfOf.map { try keys.auditIndex(ofPerson: $0) }
    }

    /// Longer than any name that stands in the log.
    private static let byteCountMax = 1024

    /// Checks the fields in their order: `TIMESTAMP_OUT_OF_RANGE`, `AUDIT_FILTER_MALFORMED`;
    /// `TIME_RANGE_EMPTY`.
    init(wire filter: AuditFilter?) throws(ServiceError) {
        let filter = filter ?? AuditFilter()
        start = try Self.instant(filter.startTime, "start_time")
        end = try Self.instant(filter.endTime, "end_time")
        if let start, let end, start >= end {
            throw ServiceError(
                .invalidArgument, "TIME_RANGE_EMPTY", field: "filter.end_time",
                "The end lies after the start; leave one out for an open range.")
        }
        tokenID = try Self.text(filter.tokenID, "token_id")
        onBehalfOf = try Self.text(filter.onBehalfOf, "on_behalf_of")
        method = try Self.text(filter.method, "method")
        objectType = try Self.text(filter.objectType, "object_type")
        objectID = try Self.text(filter.objectID, "object_id")
    }

    private static func instant(
        _ timestamp: Timestamp?, _ field: String
    ) throws(ServiceError) -> Instant? {
        guard let timestamp else { return nil }
        return try ServiceError.naming("filter.\(field)") { () throws(ServiceError) in
            try timestamp.instant()
        }
    }

    private static func text(_ text: String, _ field: String) throws(ServiceError) -> String? {
        guard !text.isEmpty else { return nil }
        guard text.utf8.count <= byteCountMax,
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw ServiceError(
                .invalidArgument, "AUDIT_FILTER_MALFORMED", field: "filter.\(field)",
                "At most \(byteCountMax) bytes of text without control characters; nothing else "
                    + "stands in the log.")
        }
        return text
    }
}
