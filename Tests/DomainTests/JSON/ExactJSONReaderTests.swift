import Testing

@testable import Domain

struct ExactJSONReaderTests {
    private func parse(_ text: String) throws(ExactJSONError) -> ExactJSON {
        try ExactJSONReader.parse(Array(text.utf8))
    }

    /// Row 22: no amount passes through binary floating point.
    @Test func numbersKeepEveryDigit() throws {
        let value = try parse(#"[12.5000000000000, 5e-07, -0, 123456.789012345678901]"#)
        #expect(
            value
                == .array([
                    .number("12.5000000000000"), .number("5e-07"), .number("-0"),
                    .number("123456.789012345678901"),
                ]))
    }

    @Test func stringsAreUnescaped() throws {
        #expect(
            try parse(#""a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00 ü""#)
                == .string("a\"\\/\u{8}\u{c}\n\r\té😀 ü"))
    }

    @Test func everyProperPrefixIsTruncatedOrRefused() throws {
        let text = #"{"a": [1.5e3, true, null, "x\u0041"], "b": {"c": false}}"#
        let bytes = Array(text.utf8)
        _ = try ExactJSONReader.parse(bytes)
        for end in 0..<bytes.count {
            #expect(throws: ExactJSONError.truncated) {
                try ExactJSONReader.parse(Array(bytes[..<end]))
            }
        }
    }

    @Test(arguments: [
        "{}x", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "nul", "{a:1}", "\"\u{1}\"",
        #""\x""#, #""\ud83d""#, #""\ude00""#, "[1 2]", "'a'", "1e", "--1",
    ])
    func whatIsNotJSONIsRefused(_ text: String) {
        #expect(throws: ExactJSONError.self) { try parse(text) }
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: ExactJSONError.syntax(offset: 1)) {
            try ExactJSONReader.parse([0x22, 0xFF, 0xFE, 0x22])
        }
    }

    @Test func aNameGivenTwiceIsRefused() {
        #expect(throws: ExactJSONError.duplicateName("a")) { try parse(#"{"a":1,"a":2}"#) }
    }

    @Test func nestingHasALimit() throws {
        let deepest = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        _ = try parse(deepest)
        #expect(throws: ExactJSONError.tooDeep) { try parse("[\(deepest)]") }
    }
}
