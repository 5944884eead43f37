/// Whole numbers as decimal digits, appended without making a string.
enum DecimalDigits {
    static func append(_ number: Int64, to bytes: inout [UInt8]) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        var divisor: UInt64 = 1
        while number.magnitude / divisor >= 10 { divisor *= 10 }
        append(number.magnitude, from: divisor, to: &bytes)
    }

    /// The last `width` digits of `number`, with leading zeros.
    static func append(_ number: Int64, width: Int, to bytes: inout [UInt8]) {
        var divisor: UInt64 = 1
        for _ in 1..<width { divisor *= 10 }
        append(number.magnitude, from: divisor, to: &bytes)
    }

    private static func append(_ number: UInt64, from divisor: UInt64, to bytes: inout [UInt8]) {
        var divisor = divisor
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
    }
}
