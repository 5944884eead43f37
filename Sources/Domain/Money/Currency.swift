package import Core

/// A currency by its ISO 4217 code.
package struct Currency: Hashable, Comparable, Sendable {
    /// Three upper-case letters.
    package let code: String

    package static let usd = Currency(checked: "USD")
    package static let eur = Currency(checked: "EUR")

    /// Takes three letters in either case; anything else is `CURRENCY_MALFORMED`.
    package init(_ code: some StringProtocol) throws(ServiceError) {
        let upper = code.uppercased()
        guard upper.utf8.count == 3,
            upper.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
        else {
            throw ServiceError(
                .invalidArgument, "CURRENCY_MALFORMED",
                "A currency is an ISO 4217 code of three letters, such as USD.")
        }
        self.code = upper
    }

    private init(checked code: String) {
        self.code = code
    }

    package static func < (left: Currency, right: Currency) -> Bool {
        left.code < right.code
    }
}

extension Currency: CustomStringConvertible {
    package var description: String { code }
}
