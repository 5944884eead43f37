import API
import Testing

@Suite struct JSONValueTests {
    @Test(arguments: [
        "null", "true", "-0.10e+5", "12345678901234567890.000000000000000001",
        #"{"b":[1,2,{}],"a":"ä\u0001\"\\"}"#, "[]", #""😀""#,
    ])
    func textIsKeptDigitForDigitAndInOrder(text: String) throws {
        #expect(try JSONValue(parsing: text).text() == text)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "-", "+1", ".5", "nul", "\"\\x\"", "\"\n\"",
        "\"\\ud800\"", "\"\\udc00x\"", "\"\\ud83d\\u0041\"", "1 2", "{\"a\":1,\"a\":2}", "{1:2}",
        "NaN", "\"open", "[1 2]", "\u{feff}1",
    ])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test func escapesMeanTheirCharacters() throws {
        let text = #""\u00e4\ud83d\ude00\/\b\f\n\r\t""#
        #expect(try JSONValue(parsing: text) == "ä😀/\u{8}\u{c}\n\r\t")
    }

    /// JSON is shown on terminals, too; whoever reads it reads the same text.
    @Test func whatATerminalObeysIsEscaped() throws {
        let acting: [ClosedRange<UInt32>] = [
            0...0x1f, 0x7f...0x9f, 0x61c...0x61c, 0x200e...0x200f, 0x2028...0x202e,
            0x2066...0x2069,
        ]
        for scalar in acting.joined().compactMap({ Unicode.Scalar($0) }) {
            let value = JSONValue.object([JSONValue.Member("a\(scalar)b", .string("\(scalar)"))])
            let text = value.text()
            #expect(!text.unicodeScalars.contains(scalar), "\(scalar.value)")
            #expect(try JSONValue(parsing: text) == value, "\(scalar.value)")
        }
        let plain = JSONValue.string("שלום 👩🏽‍🚀 é \u{a0}")
        #expect(plain.text() == "\"שלום 👩🏽‍🚀 é \u{a0}\"")
    }

    @Test func deepNestingIsRefusedAndNotFollowed() throws {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
        let allowed = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(try JSONValue(parsing: allowed).text() == allowed)
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xc3, 0x28, 0x22]) }
    }

    @Test func indentedTextReadsTheSame() throws {
        let value = try JSONValue(parsing: #"{"a":[1,{"b":[]}],"c":{}}"#)
        let text = value.text(isIndented: true)
        #expect(text.split(separator: "\n").count == 9)
        #expect(try JSONValue(parsing: text) == value)
    }
}
