/// Prints integers that stand for decimals.
enum DecimalText {
    /// `value / 10^places` in plain digits; trailing zeros are dropped down to `keeping` places.
    static func print(_ value: Int128, places: Int, keeping: Int) -> String {
        var digits = Array(String(value.magnitude).utf8)
        if digits.count <= places {
            digits.insert(
                contentsOf: repeatElement(UInt8(ascii: "0"), count: places - digits.count + 1),
                at: 0)
        }
        var fraction = digits.suffix(places)
        let whole = digits.dropLast(places)
        while fraction.count > keeping, fraction.last == UInt8(ascii: "0") {
            fraction.removeLast()
        }
        let text = String(decoding: whole, as: UTF8.self)
        let sign = value < 0 ? "-" : ""
        return fraction.isEmpty
            ? sign + text : "\(sign)\(text).\(String(decoding: fraction, as: UTF8.self))"
    }
}
