import FoundationEssentials

/// The opaque `next_page` of a report: where to go on, sealed with the query it belongs to.
///
/// The seal follows from the seed, so that a cursor outlives a restart of the simulator as it would
/// one of the provider's servers, but is worth nothing with another account, path or filter.
struct PageCursor: Sendable {
    let seal: UInt64

    init(account: UInt64, request: SimulatedRequest) {
        let parameters = request.query.filter { $0.name != "page" }
            .map { "\($0.name)=\($0.value)" }.sorted()
        let binding = ([request.path] + parameters).joined(separator: "\u{1F}")
        seal = Hash.mix(account, Hash.text(binding))
    }

    func text(next: Int64) -> String {
        let bytes = Self.bytes(UInt64(bitPattern: next)) + Self.bytes(Hash.mix(seal, next))
        return "page_" + Data(bytes).base64EncodedString()
    }

    /// Where the page starts; nil for a cursor that was not issued for this query.
    func next(of text: String) -> Int64? {
        guard text.hasPrefix("page_"), let data = Data(base64Encoded: String(text.dropFirst(5))),
            data.count == 16
        else { return nil }
        let next = Int64(bitPattern: data.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        return self.text(next: next) == text ? next : nil
    }

    private static func bytes(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) }
    }
}
