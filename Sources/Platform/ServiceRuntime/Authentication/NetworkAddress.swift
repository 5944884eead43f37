/// An address of IPv6, or one of IPv4 in the form that RFC 4291 maps into IPv6.
struct NetworkAddress: Sendable, Hashable {
    let bits: UInt128

    static let bitCount = 128
    /// `::ffff:0:0/96`: where the addresses of IPv4 are.
    static let mappedBits: UInt128 = 0xFFFF << 32
    static let mappedPrefixLength = 96

    init(bits: UInt128) {
        self.bits = bits
    }

    /// Reads `192.0.2.1`, `2001:db8::1` or `::ffff:192.0.2.1`; nil for anything else. A zone, as in
    /// `fe80::1%eth0`, is left out: it says which interface of the host, not which peer.
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8.prefix { $0 != UInt8(ascii: "%") })
        // The longest there is has 45.
        guard (1...45).contains(bytes.count) else { return nil }
        let bits =
            bytes.contains(UInt8(ascii: ":"))
            ? Self.sixthVersion(bytes[...])
            : Self.fourthVersion(bytes[...]).map { Self.mappedBits | UInt128($0) }
        guard let bits else { return nil }
        self.bits = bits
    }

    /// Whether a peer's address is of the machine itself: a Unix socket's, or a loopback one.
    static func isOfThisMachine(_ peer: String) -> Bool {
        guard peer != "unix" else { return true }
        guard let address = NetworkAddress(peer) else { return false }
        return address.bits == 1 || (address.isMapped && (address.bits >> 24) & 0xFF == 127)
    }

    /// Whether it is one of IPv4.
    var isMapped: Bool { bits >> 32 == 0xFFFF }

    /// As RFC 5952 writes it: IPv4 with dots, else the longest run of zeros shortened.
    var text: String {
        if isMapped {
            return stride(from: 24, through: 0, by: -8)
                .map { "\(UInt8(truncatingIfNeeded: bits >> $0))" }.joined(separator: ".")
        }
        let groups = stride(from: 112, through: 0, by: -16).map {
            UInt16(truncatingIfNeeded: bits >> $0)
        }
        guard let gap = Self.longestZeros(groups) else { return Self.joined(groups[...]) }
        return Self.joined(groups[..<gap.lowerBound]) + "::"
            + Self.joined(groups[gap.upperBound...])
    }

    private static func joined(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs of two zeros or more.
    private static func longestZeros(_ groups: [UInt16]) -> Range<Int>? {
        var longest: Range<Int>?
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start > max(1, longest?.count ?? 0) { longest = start..<end }
            start = end + 1
        }
        return longest
    }

    /// Four decimal numbers without leading zeros, which some readers take for octal.
    private static func fourthVersion(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var value: UInt32 = 0
        for part in parts {
            guard let number = number(part, digitsMax: 3, radix: 10), number <= 255,
                part.count == 1 || part.first != UInt8(ascii: "0")
            else { return nil }
            value = value << 8 | number
        }
        return value
    }

    /// Eight groups of up to four hexadecimal digits, of which `::` stands for one or more zeros, and
    /// the last two may be written as an address of IPv4.
    private static func sixthVersion(_ bytes: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        var parts = bytes.split(separator: colon, omittingEmptySubsequences: false)
        var last: [UInt32] = []
        if let end = parts.last, end.contains(UInt8(ascii: ".")) {
            guard let value = fourthVersion(end) else { return nil }
            last = [value >> 16, value & 0xFFFF]
            parts.removeLast()
        }
        // `::` at an end leaves two empty parts there, else one.
        let isGapFirst = bytes.starts(with: [colon, colon])
        let isGapLast = last.isEmpty && bytes.suffix(2).elementsEqual([colon, colon])
        if isGapFirst { parts.removeFirst() }
        if isGapLast, parts.count > 1 { parts.removeLast() }
        let hasGap = zip(bytes, bytes.dropFirst()).contains { $0 == colon && $1 == colon }
        let gaps = parts.indices.filter { parts[$0].isEmpty }
        guard gaps.count == (hasGap ? 1 : 0) else { return nil }
        var groups: [UInt32] = []
        for part in parts where !part.isEmpty {
            guard let value = number(part, digitsMax: 4, radix: 16) else { return nil }
            groups.append(value)
        }
        groups += last
        if let gap = gaps.first {
            guard groups.count < 8 else { return nil }
            groups.insert(contentsOf: Array(repeating: 0, count: 8 - groups.count), at: gap)
        }
        guard groups.count == 8 else { return nil }
        return groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func number(
        _ bytes: ArraySlice<UInt8>, digitsMax: Int, radix: Int
    ) -> UInt32? {
        // `UInt32.init` would take a sign.
        guard (1...digitsMax).contains(bytes.count),
            bytes.first != UInt8(ascii: "+"), bytes.first != UInt8(ascii: "-")
        else { return nil }
        return UInt32(String(decoding: bytes, as: UTF8.self), radix: radix)
    }
}
