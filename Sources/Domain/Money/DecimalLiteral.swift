package import Core

/// A decimal number as somebody wrote it, kept digit for digit until it is known how to round it.
///
/// Amounts and rates arrive as text (`"0.06"`, `1e-05`, `3.75`), never as binary floating point:
/// this reads the JSON grammar of a number, and a leading `+` or missing leading zero besides.
package struct DecimalLiteral: Hashable, Sendable {
    /// More digits than any amount or rate has; longer literals are refused.
    package static let digitsMax = 80
    private static let exponentMax = 1000

    package let isNegative: Bool
    /// Digits 0 to 9, most significant first, no leading zero.
    private let digits: [UInt8]
    /// Value = digits × 10^exponent.
    private let exponent: Int

    package init(_ text: some StringProtocol) throws(ServiceError) {
        var scanner = Scanner(bytes: Array(text.utf8))
        guard let literal = scanner.scan() else {
            throw ServiceError(
                .invalidArgument, "DECIMAL_MALFORMED",
                "Not a decimal number; write it like -12.5 or 1.25e-06.")
        }
        self = literal
    }

    private init(isNegative: Bool, digits: [UInt8], exponent: Int) {
        self.isNegative = isNegative
        self.digits = digits
        self.exponent = exponent
    }

    /// The value × 10^places as an integer: exact, or nil where digits would be lost or it is
    /// beyond 128 bits.
    package func exact(places: Int) -> Int128? {
        guard let (value, remainder) = scaled(places: places), remainder == .zero else {
            return nil
        }
        return value
    }

    /// The value × 10^places, rounded half-even; nil beyond 128 bits.
    package func roundedHalfEven(places: Int) -> Int128? {
        guard let (value, remainder) = scaled(places: places) else { return nil }
        switch remainder {
        case .zero, .belowHalf: return value
        case .half where value % 2 == 0: return value
        case .half, .aboveHalf: return isNegative ? value - 1 : value + 1
        }
    }

    private enum Remainder { case zero, belowHalf, half, aboveHalf }

    /// The value × 10^places cut towards zero, and how large the part cut off is.
    private func scaled(places: Int) -> (Int128, Remainder)? {
        if digits.isEmpty { return (0, .zero) }
        let shift = exponent + places
        let kept = shift >= 0 ? digits[...] : digits.dropLast(min(-shift, digits.count))
        var value: Int128 = 0
        for digit in kept {
            guard let next = Self.append(Int128(digit), to: value) else { return nil }
            value = next
        }
        if shift > 0 {
            guard shift <= 40 else { return nil }
            for _ in 0..<shift {
                guard let next = Self.append(0, to: value) else { return nil }
                value = next
            }
        }
        return (isNegative ? -value : value, remainder(cut: shift >= 0 ? 0 : -shift))
    }

    private static func append(_ digit: Int128, to value: Int128) -> Int128? {
        let (product, overflow) = value.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(digit)
        return overflow || carry ? nil : sum
    }

    private func remainder(cut: Int) -> Remainder {
        guard cut > 0 else { return .zero }
        // More places cut than there are digits: 0.00…d, below a half.
        guard cut <= digits.count else { return .belowHalf }
        let lost = digits.suffix(cut)
        guard let first = lost.first, lost.contains(where: { $0 != 0 }) else { return .zero }
        let tail = lost.dropFirst().contains { $0 != 0 }
        if first == 5 { return tail ? .aboveHalf : .half }
        return first > 5 ? .aboveHalf : .belowHalf
    }

    /// Reads sign, digits, point and exponent from ASCII bytes.
    private struct Scanner {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func scan() -> DecimalLiteral? {
            let isNegative = take(UInt8(ascii: "-"))
            if !isNegative { _ = take(UInt8(ascii: "+")) }
            var digits = takeDigits()
            var exponent = 0
            if take(UInt8(ascii: ".")) {
                let fraction = takeDigits()
                guard !fraction.isEmpty else { return nil }
                digits += fraction
                exponent = -fraction.count
            }
            guard !digits.isEmpty else { return nil }
            if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
                let down = take(UInt8(ascii: "-"))
                if !down { _ = take(UInt8(ascii: "+")) }
                let power = takeDigits()
                guard !power.isEmpty, power.count <= 4 else { return nil }
                let size = power.reduce(0) { $0 * 10 + Int($1) }
                guard size <= DecimalLiteral.exponentMax else { return nil }
                exponent += down ? -size : size
            }
            guard position == bytes.count else { return nil }
            let significant = Array(digits.drop { $0 == 0 })
            guard significant.count <= DecimalLiteral.digitsMax else { return nil }
            return DecimalLiteral(
                isNegative: isNegative && !significant.isEmpty, digits: significant,
                exponent: exponent)
        }

        private mutating func take(_ byte: UInt8) -> Bool {
            guard position < bytes.count, bytes[position] == byte else { return false }
            position += 1
            return true
        }

        private mutating func takeDigits() -> [UInt8] {
            let start = position
            while position < bytes.count,
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(
                    bytes[position])
            {
                position += 1
            }
            return bytes[start..<position].map { $0 - UInt8(ascii: "0") }
        }
    }
}
