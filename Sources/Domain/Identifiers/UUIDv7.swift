package import Core

/// A 128-bit identifier that begins with its time of birth (RFC 9562, version 7).
///
/// Any UUID is read, so that rows written by others can be; only version 7 is made.
package struct UUIDv7: Hashable, Comparable, Sendable {
    /// The first and the last eight bytes, most significant byte first.
    package let bytes: (high: UInt64, low: UInt64)

    package init(high: UInt64, low: UInt64) {
        bytes = (high, low)
    }

    /// A new identifier: 48 bits of `clock`'s milliseconds, then 74 random bits.
    package static func make(_ clock: WallClock = .system) -> UUIDv7 {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = UInt64(max(0, clock.now.microseconds / 1000))
        return UUIDv7(
            high: milliseconds << 16 | 0x7000 | generator.next() & 0x0fff,
            low: 0x8000_0000_0000_0000 | generator.next() >> 2)
    }

    /// Reads the 36-character form in either case; anything else is `ID_MALFORMED`.
    package init(_ text: some StringProtocol) throws(ServiceError) {
        guard let parsed = Self.parse(text.utf8) else {
            throw ServiceError(
                .invalidArgument, "ID_MALFORMED",
                "An id is a UUID, such as 01934f5e-7c3a-7c21-9b62-0a3d5a5f8a11.")
        }
        self = parsed
    }

    private static func parse(_ text: some Collection<UInt8>) -> UUIDv7? {
        guard text.count == 36 else { return nil }
        var value: UInt128 = 0
        for (offset, byte) in text.enumerated() {
            if [8, 13, 18, 23].contains(offset) {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt128(digit)
        }
        return UUIDv7(
            high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
    }

    /// Lower-case, with hyphens: the only form we write.
    package var text: String {
        var digits: [UInt8] = []
        digits.reserveCapacity(36)
        let value = UInt128(bytes.high) << 64 | UInt128(bytes.low)
        for position in 0..<32 {
            if [8, 12, 16, 20].contains(position) { digits.append(UInt8(ascii: "-")) }
            let nibble = UInt8(truncatingIfNeeded: value >> UInt128(124 - 4 * position)) & 0xf
            digits.append(
                nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
        }
        return String(decoding: digits, as: UTF8.self)
    }

    package static func == (left: UUIDv7, right: UUIDv7) -> Bool {
        left.bytes == right.bytes
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(bytes.high)
        hasher.combine(bytes.low)
    }

    package static func < (left: UUIDv7, right: UUIDv7) -> Bool {
        left.bytes < right.bytes
    }
}

extension UUIDv7: CustomStringConvertible {
    package var description: String { text }
}
