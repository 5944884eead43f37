import Core
import Testing

@Suite struct HexDigitsTests {
    @Test func everyByteHasTwoLowerCaseDigits() {
        let bytes: [UInt8] = Array(0...255)
        let expected = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(bytes.hexDigits == expected)
        #expect([UInt8]().hexDigits == "")
        #expect(bytes.lazy.filter { $0 > 253 }.hexDigits == "feff")
    }
}
