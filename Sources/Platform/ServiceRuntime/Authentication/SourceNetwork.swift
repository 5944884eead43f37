package import Core

/// Addresses that a token may be used from: one, or all that begin with the same bits.
///
/// Addresses of IPv4 and the same ones mapped into IPv6 are one another. A Unix socket has no
/// address and is in no network.
package struct SourceNetwork: Sendable, Hashable {
    private let first: NetworkAddress
    /// Of 128; IPv4's are 96 longer here than as they are written.
    private let prefixLength: Int

    /// Networks that one token may have.
    package static let countMax = 32

    /// Reads `192.0.2.1`, `192.0.2.0/24`, `2001:db8::/32` and the like.
    ///
    /// Anything else is `SOURCE_ADDRESS_MALFORMED`, a network with bits behind its prefix
    /// `SOURCE_ADDRESS_HAS_HOST_BITS`. Names no field.
    package init(_ text: String) throws(ServiceError) {
        let parts = text.split(
            separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ NetworkAddress($0) }), !text.contains("%") else {
            throw Self.malformed
        }
        let isFourth = address.isMapped && !parts[0].contains(":")
        let offset = isFourth ? NetworkAddress.mappedPrefixLength : 0
        var length = NetworkAddress.bitCount
        if parts.count > 1 {
            guard let written = Self.length(parts[1]),
                written + offset <= NetworkAddress.bitCount
            else { throw Self.malformed }
            length = written + offset
        }
        let start = NetworkAddress(bits: address.bits & Self.mask(length))
        guard start == address else {
            throw ServiceError(
                .invalidArgument, "SOURCE_ADDRESS_HAS_HOST_BITS",
                "A network begins with its first address: write "
                    + "\(Self.text(start, length)) or a longer prefix.")
        }
        first = start
        prefixLength = length
    }

    /// As it is stored and shown.
    package var text: String { Self.text(first, prefixLength) }

    /// Whether a peer's address, as `RPCPeer` has it, is in it.
    func contains(_ address: NetworkAddress) -> Bool {
        address.bits & Self.mask(prefixLength) == first.bits
    }

    /// Whether all addresses of another network are in it.
    func contains(_ other: SourceNetwork) -> Bool {
        prefixLength <= other.prefixLength && contains(other.first)
    }

    private static func text(_ first: NetworkAddress, _ length: Int) -> String {
        if length == NetworkAddress.bitCount { return first.text }
        // The first address of `::/0` and of all of IPv4 differ, so a prefix tells which it is.
        let isFourth = first.isMapped && length >= NetworkAddress.mappedPrefixLength
        return "\(first.text)/\(isFourth ? length - NetworkAddress.mappedPrefixLength : length)"
    }

    private static func mask(_ length: Int) -> UInt128 {
        length == 0 ? 0 : UInt128.max << (NetworkAddress.bitCount - length)
    }

    /// 0 to 128, without sign or leading zeros.
    private static func length(_ text: Substring) -> Int? {
        guard (1...3).contains(text.utf8.count),
            text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            text == "0" || text.first != "0"
        else { return nil }
        return Int(text)
    }

    private static var malformed: ServiceError {
        ServiceError(
            .invalidArgument, "SOURCE_ADDRESS_MALFORMED",
            "A source address is one of IPv4 or IPv6, or a network such as 192.0.2.0/24 or "
                + "2001:db8::/32.")
    }
}

extension [SourceNetwork] {
    /// Whether a token with these may be used from `address`, as `RPCPeer` has it; with none it may
    /// from any.
    func admit(_ address: String) -> Bool {
        guard !isEmpty else { return true }
        guard let address = NetworkAddress(address) else { return false }
        return contains { $0.contains(address) }
    }
}
