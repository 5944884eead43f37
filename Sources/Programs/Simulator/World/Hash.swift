/// The simulator's only source of chance: numbers that follow from the seed and from nothing else.
///
/// A figure of the simulated world is a function of where it stands (account, stream, hour), not of
/// the order in which it is asked for, so any request at any time gives the same answer.
enum Hash {
    /// SplitMix64's finalizer: every bit of the argument changes about half the bits of the result.
    static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    static func mix(_ first: UInt64, _ second: UInt64) -> UInt64 {
        mix(mix(first) ^ second)
    }

    static func mix(_ first: UInt64, _ second: Int64) -> UInt64 {
        mix(first, UInt64(bitPattern: second))
    }

    /// FNV-1a over the text's UTF-8, mixed.
    static func text(_ text: String) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        return mix(hash)
    }

    /// A whole number of the range, chosen by `hash`.
    static func pick(_ hash: UInt64, from range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(hash % span)
    }
}
