/// Several texts as one, from which no others would make the same: each as its length in four bytes,
/// most significant first, and its bytes.
enum AuditParts {
    private static let lengthByteCount = 4

    static func joined(_ parts: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(0) { $0 + lengthByteCount + $1.count })
        for part in parts {
            let count = UInt32(part.count)
            for shift in [24, 16, 8, 0] as [UInt32] {
                bytes.append(UInt8(truncatingIfNeeded: count >> shift))
            }
            bytes += part
        }
        return bytes
    }

    /// The parts of what `joined` made; nil for anything else.
    static func split(_ bytes: [UInt8]) -> [[UInt8]]? {
        var parts: [[UInt8]] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= lengthByteCount else { return nil }
            let count = rest.prefix(lengthByteCount).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(lengthByteCount)
            guard rest.count >= count else { return nil }
            parts.append(Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return parts
    }
}
