/// Whole numbers in PostgreSQL's binary `numeric`: base-10000 digits, most significant first.
enum PostgresNumeric {
    private static let positive: UInt16 = 0
    private static let negative: UInt16 = 0x4000

    /// Appends count of digits, weight, sign, scale and the digits themselves.
    static func append(_ value: Int128, to bytes: inout [UInt8]) {
        var digits: [UInt16] = []
        var rest = value.magnitude
        while rest > 0 {
            digits.append(UInt16(truncatingIfNeeded: rest % 10_000))
            rest /= 10_000
        }
        bytes.appendBigEndian(UInt16(digits.count))
        bytes.appendBigEndian(UInt16(bitPattern: Int16(max(digits.count, 1) - 1)))
        bytes.appendBigEndian(value < 0 ? negative : positive)
        bytes.appendBigEndian(UInt16(0))
        for digit in digits.reversed() {
            bytes.appendBigEndian(digit)
        }
    }

    /// Reads a whole number; nil where it has a fraction, is no number or does not fit.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> Int128? {
        guard bytes.count >= 8 else { return nil }
        func word(_ index: Int) -> UInt16 {
            UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
        }
        let count = Int(word(0))
        let weight = Int(Int16(bitPattern: word(1)))
        let sign = word(2)
        guard sign == positive || sign == negative, bytes.count == 8 + 2 * count else { return nil }
        var value: Int128 = 0
        // Digit i stands for digit × 10000^(weight − i); digits that are missing are zeros.
        for index in 0..<max(count, weight + 1) {
            let digit = index < count ? Int128(word(4 + index)) : 0
            if index > weight {
                guard digit == 0 else { return nil }
                continue
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10_000)
            // Built up on the side of its sign, so that the smallest Int128 fits too.
            let signed = sign == negative ? -digit : digit
            let (sum, carry) = product.addingReportingOverflow(signed)
            guard !overflow, !carry else { return nil }
            value = sum
        }
        return value
    }
}

extension [UInt8] {
    mutating func appendBigEndian<Word: FixedWidthInteger>(_ word: Word) {
        Swift.withUnsafeBytes(of: word.bigEndian) { append(contentsOf: $0) }
    }
}
