/// What of a peer's address stands for one party: all of an IPv4 address, the first 64 bits of an
/// IPv6 address, whose other bits one party has all to itself.
package struct PeerNetwork: Hashable, Sendable {
    /// All peers that come by a Unix-domain socket.
    package static let unix = PeerNetwork("unix")

    package let text: String

    package init(_ address: String) {
        // Anything else: IPv4, IPv4 in IPv6 form, `unix`.
        guard address.utf8.contains(UInt8(ascii: ":")), !address.utf8.contains(UInt8(ascii: "."))
        else {
            text = address
            return
        }
        // `::` stands for as many groups of zeros as are missing.
        let gap = address.firstRange(of: "::")
        let head = address[..<(gap?.lowerBound ?? address.endIndex)].split(separator: ":")
        let tail = gap.map { address[$0.upperBound...].split(separator: ":") } ?? []
        let zeros = max(0, 8 - head.count - tail.count)
        let groups = head + Array(repeating: "0", count: zeros) + tail
        text = groups.prefix(4).joined(separator: ":") + "::/64"
    }
}
