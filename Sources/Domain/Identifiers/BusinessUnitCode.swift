package import Core

/// A business unit's identifier within its organization: `[a-z0-9-]{1,63}`. It never changes.
///
/// Codes order bytewise; splits break ties by that order.
package struct BusinessUnitCode: Hashable, Comparable, Sendable {
    package let text: String

    /// Anything but 1 to 63 of `[a-z0-9-]` is `BUSINESS_UNIT_CODE_MALFORMED`.
    package init(_ text: some StringProtocol) throws(ServiceError) {
        let bytes = text.utf8
        let isWellFormed = bytes.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard isWellFormed, (1...63).contains(bytes.count) else {
            throw ServiceError(
                .invalidArgument, "BUSINESS_UNIT_CODE_MALFORMED",
                "A business unit's code is 1 to 63 of a-z, 0-9 and hyphen.")
        }
        self.text = String(text)
    }

    package static func < (left: BusinessUnitCode, right: BusinessUnitCode) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
}

extension BusinessUnitCode: CustomStringConvertible {
    package var description: String { text }
}
