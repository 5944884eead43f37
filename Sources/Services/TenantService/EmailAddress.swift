import Core

/// An e-mail address that could exist: `local@domain` in ASCII, the domain of two labels or more.
///
/// Whether somebody reads it only a mail can tell. Addresses are equal without regard to case.
struct EmailAddress: Sendable, Hashable {
    let text: String

    /// RFC 5321: a path of 256 bytes with its angle brackets.
    static let lengthMax = 254
    private static let localLengthMax = 64
    private static let labelLengthMax = 63
    private static let localSymbols = Set("!#$%&'*+/=?^_`{|}~-".utf8)

    /// Checks in order: `EMAIL_REQUIRED`, `EMAIL_TOO_LONG`, `EMAIL_MALFORMED`. Names no field.
    init(_ text: String) throws(ServiceError) {
        guard !text.isEmpty else {
            throw ServiceError(.invalidArgument, "EMAIL_REQUIRED", "Give an e-mail address.")
        }
        guard text.utf8.count <= Self.lengthMax else {
            throw ServiceError(
                .invalidArgument, "EMAIL_TOO_LONG",
                "The e-mail address has \(text.utf8.count) bytes; \(Self.lengthMax) are allowed.")
        }
        guard Self.isPlausible(text) else {
            throw ServiceError(
                .invalidArgument, "EMAIL_MALFORMED",
                "An e-mail address looks like name@example.com, in ASCII.")
        }
        self.text = text
    }

    private static func isPlausible(_ text: String) -> Bool {
        let parts = Array(text.utf8).split(
            separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count <= localLengthMax else { return false }
        let atoms = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return atoms.allSatisfy(isAtom) && labels.count >= 2 && labels.allSatisfy(isLabel)
    }

    private static func isAtom(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty
            && bytes.allSatisfy { isLetterOrDigit($0) || localSymbols.contains($0) }
    }

    private static func isLabel(_ bytes: ArraySlice<UInt8>) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...labelLengthMax).contains(bytes.count)
            && bytes.first != hyphen && bytes.last != hyphen
            && bytes.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
