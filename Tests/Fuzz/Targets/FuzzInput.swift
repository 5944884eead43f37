/// Takes an input apart; what is missing at its end is zero, so that every input means something.
struct FuzzInput {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position >= bytes.count }

    mutating func byte() -> UInt8 {
        guard position < bytes.count else { return 0 }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func number() -> UInt32 {
        (0..<4).reduce(0) { number, _ in number << 8 | UInt32(byte()) }
    }

    /// Up to `count` bytes.
    mutating func bytes(_ count: Int) -> [UInt8] {
        let taken = bytes[min(position, bytes.count)...].prefix(count)
        position += taken.count
        return Array(taken)
    }

    mutating func rest() -> [UInt8] {
        bytes(bytes.count - position)
    }
}
