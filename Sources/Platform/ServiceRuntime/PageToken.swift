package import Core

/// Where a list goes on: the key of the last row that was shown.
///
/// Callers see hexadecimal digits that they can only hand back. A token of another list, or one
/// that was cut or changed, is refused rather than taken for another place. Nothing keeps a caller
/// from making a token up: a key is checked like any other argument.
package struct PageToken: Sendable, Hashable {
    /// A list of some service; the services name theirs, each with a number of its own.
    package struct List: Sendable, Hashable {
        /// Part of the token.
        fileprivate let number: UInt8

        package init(number: UInt8) {
            self.number = number
        }
    }

    package let list: List
    package let key: String

    private static let version: UInt8 = 1
    private static let headerLength = 2
    private static let checksumLength = 4
    /// More than the longest key needs, a name of 200 code points.
    static let textLengthMax = 2048

    package init(_ list: List, after key: String) {
        self.list = list
        self.key = key
    }

    /// Reads what `text` wrote for the same list; anything else is `PAGE_TOKEN_INVALID`.
    package init(_ text: String, of list: List) throws(ServiceError) {
        guard let key = Self.key(text, list) else { throw Self.invalid }
        self.init(list, after: key)
    }

    /// What every page token that is not one of its list is answered with.
    package static let invalid = ServiceError(
        .invalidArgument, "PAGE_TOKEN_INVALID", field: "page_token",
        "The page token is not one of this list. Take next_page_token as it was, or leave it "
            + "empty to start over.")

    package var text: String {
        var bytes = [Self.version, list.number] + Array(key.utf8)
        bytes += Self.checksum(bytes)
        return String(
            decoding: bytes.flatMap { [Self.digit($0 >> 4), Self.digit($0 & 15)] }, as: UTF8.self)
    }

    private static func key(_ text: String, _ list: List) -> String? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2), digits.count <= textLengthMax,
            digits.count >= 2 * (headerLength + checksumLength)
        else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        let content = Array(bytes.dropLast(checksumLength))
        guard Array(bytes.suffix(checksumLength)) == checksum(content), content[0] == version,
            content[1] == list.number
        else { return nil }
        // No key has a control character, and PostgreSQL takes no U+0000 in a text.
        guard let key = String(validating: content.dropFirst(headerLength), as: UTF8.self),
            !key.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return nil }
        return key
    }

    /// FNV-1a of 32 bits: finds accidents. It need not stop forgers, who only see their own rows.
    private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
        let hash = bytes.reduce(0x811c_9dc5 as UInt32) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: hash >> ($0 as UInt32)) }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
