import Core

/// An organization's name in addresses: `[a-z0-9-]{1,63}`, a letter or digit at both ends.
struct OrganizationSlug: Sendable, Hashable {
    let text: String

    /// Anything else is `ORGANIZATION_SLUG_MALFORMED`.
    init(_ text: String) throws(ServiceError) {
        let hyphen = UInt8(ascii: "-")
        let bytes = text.utf8
        let isWellFormed = bytes.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == hyphen
        }
        guard isWellFormed, (1...63).contains(bytes.count), bytes.first != hyphen,
            bytes.last != hyphen
        else {
            throw ServiceError(
                .invalidArgument, "ORGANIZATION_SLUG_MALFORMED", field: "slug",
                "A slug is 1 to 63 of a-z, 0-9 and hyphen, with a letter or digit at both ends.")
        }
        self.text = text
    }
}
