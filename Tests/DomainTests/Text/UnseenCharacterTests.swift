import Testing

@testable import Domain

@Suite struct UnseenCharacterTests {
    @Test(arguments: [
        "", " ", "~", "gpt-4.1", "Zoë", "渋谷", "\u{645}\u{6CC}\u{200C}\u{62E}", "👩\u{200D}💻",
        "❤\u{FE0F}", "1\u{FE0F}\u{20E3}", "❤\u{FE0F}\u{200D}🔥", "👩🏽\u{200D}🚀", "©\u{FE0F}",
        "葛\u{E0100}", "≨\u{FE00}", "\u{915}\u{94D}\u{200D}\u{937}", "\u{628}\u{200D}",
        "\u{1820}\u{180B}", "\u{600}\u{661}", "\u{6DD}\u{661}\u{662}", "\u{70F}\u{710}",
        "🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F} Scotland", "🏴",
    ])
    func whatIsSeenIsNoFault(_ text: String) {
        #expect(UnseenCharacter.first(in: text) == nil)
    }

    @Test(arguments: [
        "\0", "\n", "\r", "\t", "\u{7}", "\u{1B}", "\u{7F}", "\u{80}", "\u{85}", "\u{9F}",
        "\u{2028}",
        "\u{2029}",
    ])
    func controlCharactersAreFound(_ text: String) {
        for around in ["", "plain", "Zoë"] {
            #expect(UnseenCharacter.first(in: around + text) == .control)
            #expect(UnseenCharacter.first(in: text + around) == .control)
        }
    }

    @Test(arguments: [
        "\u{AD}", "\u{61C}", "\u{200B}", "\u{200E}", "\u{202A}", "\u{202E}", "\u{2060}", "\u{2066}",
        "\u{2069}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}", "\u{E0041}", "\u{10FFFF}",
    ])
    func invisibleCharactersAreFound(_ text: String) {
        for around in ["", "plain", "Zoë"] {
            #expect(UnseenCharacter.first(in: around + text) == .invisible)
            #expect(UnseenCharacter.first(in: text + around) == .invisible)
        }
    }

    /// A joiner, a selector or a tag that nothing before it takes would tell two names apart that look
    /// the same.
    @Test(arguments: [
        "Acme\u{200D}", "Acme\u{200C}Corp", "\u{200D}Acme", "Acme\u{FE0F}", "\u{FE0F}",
        "Zoë\u{200D}",
        "Zoë\u{FE00}", "渋\u{200D}谷", "\u{D55C}\u{200C}", "1\u{200D}", "❤\u{FE0F}\u{FE0F}",
        "👩\u{200D}\u{200D}💻", "👩\u{200C}💻", "\u{628}\u{200C}\u{200D}", "🏴\u{E0067}",
        "🏴\u{E0067}x", "🏴\u{E0067}\u{E007F}\u{E0067}", "x\u{E007F}", "\u{391}\u{200D}",
    ])
    func whatNothingTakesIsInvisible(_ text: String) {
        for after in ["", "plain"] {
            #expect(UnseenCharacter.first(in: text + after) == .invisible)
        }
    }

    /// No code point below 128 is judged otherwise than the ones above it are, by its properties.
    @Test func asciiIsJudgedAsTheRest() {
        for value in UInt8(0)...127 {
            let text = String(Unicode.Scalar(value))
            let isControl = value < 0x20 || value == 0x7F
            #expect(UnseenCharacter.first(in: text) == (isControl ? .control : nil))
            #expect(UnseenCharacter.first(in: text + "é") == (isControl ? .control : nil))
        }
    }
}
