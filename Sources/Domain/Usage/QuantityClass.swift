/// What a quantity counts: one of the 15 disjoint token classes, or a thing that is not a token.
///
/// A new class is data, not code: any lower-case name is a class, only token classes are known.
package struct QuantityClass: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package static let input = Self(rawValue: "input")
    package static let cacheRead = Self(rawValue: "cache_read")
    package static let cacheWrite5m = Self(rawValue: "cache_write_5m")
    package static let cacheWrite30m = Self(rawValue: "cache_write_30m")
    package static let cacheWrite1h = Self(rawValue: "cache_write_1h")
    package static let cacheWrite12h = Self(rawValue: "cache_write_12h")
    package static let output = Self(rawValue: "output")
    package static let reasoning = Self(rawValue: "reasoning")
    package static let outputUnsplit = Self(rawValue: "output_unsplit")
    package static let inputAudio = Self(rawValue: "input_audio")
    package static let cacheReadAudio = Self(rawValue: "cache_read_audio")
    package static let outputAudio = Self(rawValue: "output_audio")
    package static let inputImage = Self(rawValue: "input_image")
    package static let cacheReadImage = Self(rawValue: "cache_read_image")
    package static let outputImage = Self(rawValue: "output_image")

    /// Searches of the web that a model made; counted, not tokens.
    package static let webSearchRequest = Self(rawValue: "web_search_request")

    /// Pictures that a model made or changed.
    package static let image = Self(rawValue: "image")
    /// Characters of text that were spoken.
    package static let character = Self(rawValue: "character")
    /// Seconds of sound that were written down.
    package static let audioSecond = Self(rawValue: "audio_second")
    /// Searches of files that a model made.
    package static let fileSearchRequest = Self(rawValue: "file_search_request")
    /// Sessions in which a model ran code.
    package static let codeInterpreterSession = Self(rawValue: "code_interpreter_session")
    /// Bytes kept for a day, 10^9 of them a GB-day.
    package static let storedByteDay = Self(rawValue: "stored_byte_day")

    /// Only in a bill's cells: cache writes of every lifetime together.
    package static let cacheWrite = Self(rawValue: "cache_write")

    /// The token classes in the order of the contract, which is also the order of the columns.
    package static let tokenClasses: [QuantityClass] = [
        .input, .cacheRead, .cacheWrite5m, .cacheWrite30m, .cacheWrite1h, .cacheWrite12h,
        .output, .reasoning, .outputUnsplit, .inputAudio, .cacheReadAudio, .outputAudio,
        .inputImage, .cacheReadImage, .outputImage,
    ]

    /// The classes of the prompt's side: what decides the context tier.
    package static let inputSide: Set<QuantityClass> = [
        .input, .cacheRead, .cacheWrite5m, .cacheWrite30m, .cacheWrite1h, .cacheWrite12h,
        .inputAudio, .cacheReadAudio, .inputImage, .cacheReadImage,
    ]

    private static let tokenIndexes = Dictionary(
        uniqueKeysWithValues: tokenClasses.enumerated().map { ($1.rawValue, $0) })

    /// Position among `tokenClasses`; nil for what is not a token.
    package var tokenIndex: Int? { Self.tokenIndexes[rawValue] }

    /// No token class has a longer name.
    package static let tokenNameByteCountMax = 16

    /// The names of the token classes as numbers.
    private static let tokenNumbers = tokenClasses.map { number($0.rawValue.utf8) }

    /// Position among `tokenClasses` of the one with this name, in UTF-8; nil for what is not a token. For
    /// names that are no text yet: every event has some.
    package static func tokenIndex(ofName name: UnsafeRawBufferPointer) -> Int? {
        // With zeros at its end a name would be the number of another, shorter one.
        guard name.count <= tokenNameByteCountMax, name.last != 0 else { return nil }
        let number = number(name)
        return tokenNumbers.firstIndex(of: number)
    }

    private static func number(_ name: some Sequence<UInt8>) -> UInt128 {
        var number: UInt128 = 0
        var place = 0
        for byte in name {
            number |= UInt128(byte) << place
            place += 8
        }
        return number
    }

    package var isToken: Bool { tokenIndex != nil }

    /// Whether the name has the form of a class: `[a-z0-9_]`, 1 to 64 bytes, a letter first.
    package var isWellFormed: Bool {
        let bytes = rawValue.utf8
        guard let first = bytes.first, bytes.count <= 64,
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        else { return false }
        return bytes.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    package static func < (left: QuantityClass, right: QuantityClass) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension QuantityClass: CustomStringConvertible {
    package var description: String { rawValue }
}
