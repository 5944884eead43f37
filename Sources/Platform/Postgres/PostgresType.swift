internal import Core

/// Object identifiers of PostgreSQL's built-in types, which never change.
enum PostgresType {
    static let bool: UInt32 = 16
    static let bytes: UInt32 = 17
    static let name: UInt32 = 19
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let json: UInt32 = 114
    static let paddedText: UInt32 = 1042
    static let limitedText: UInt32 = 1043
    static let date: UInt32 = 1082
    static let timestamptz: UInt32 = 1184
    static let numeric: UInt32 = 1700
    static let uuid: UInt32 = 2950
    static let jsonb: UInt32 = 3802

    /// Type of an array's elements; nil for what is no array known here.
    static func element(of array: UInt32) -> UInt32? {
        switch array {
        case 1000: bool
        case 1001: bytes
        case 1016: int8
        case 1005: int2
        case 1007: int4
        case 1009: text
        case 1014: paddedText
        case 1015: limitedText
        case 1182: date
        case 1185: timestamptz
        case 1231: numeric
        case 2951: uuid
        case 3807: jsonb
        default: nil
        }
    }

    static func isText(_ type: UInt32) -> Bool {
        type == text || type == limitedText || type == paddedText || type == name || type == json
    }

    /// Microseconds between 1970 and PostgreSQL's epoch, 2000-01-01T00:00:00Z.
    static let epochOffsetMicroseconds: Int64 = 946_684_800_000_000

    /// The instant as `timestamptz` counts it; nil where it is too early for that.
    static func timestamp(_ instant: Instant) -> Int64? {
        let (count, overflow) = instant.microseconds.subtractingReportingOverflow(
            epochOffsetMicroseconds)
        // The least number of all stands for -infinity.
        return overflow || count == .min ? nil : count
    }
}
