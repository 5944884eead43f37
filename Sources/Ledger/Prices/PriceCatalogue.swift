package import Core
import Domain

/// All price versions in memory, as of one import.
package struct PriceCatalogue: Sendable {
    /// Number of the import; 0 for the empty catalogue.
    package let version: Int64
    package let versions: [PriceVersion]
    private let byModel: [Key: [PriceVersion]]

    private struct Key: Hashable {
        let provider: String
        let region: String
        let model: String
    }

    package static let empty = PriceCatalogue(version: 0, versions: [])

    package init(version: Int64, versions: [PriceVersion]) {
        self.version = version
        self.versions = versions
        byModel = Dictionary(grouping: versions) {
            Key(provider: $0.price.provider, region: $0.price.region, model: $0.price.model)
        }
    }

    /// The price of a model at an instant: of its region, else of every region, else of the
    /// longest model name that the given one is a dated form of. Nil means unpriced, never zero.
    package func price(
        provider: String, region: String, model: String, at instant: Instant
    ) -> PriceVersion? {
        if !region.isEmpty, let price = find(provider, region, model, instant) { return price }
        if let price = find(provider, "", model, instant) { return price }
        for undated in Self.undatedNames(of: model) {
            if let price = find(provider, "", undated, instant) { return price }
        }
        return nil
    }

    private func find(
        _ provider: String, _ region: String, _ model: String, _ instant: Instant
    ) -> PriceVersion? {
        byModel[Key(provider: provider, region: region, model: model)]?
            .first { $0.holds(at: instant) }
    }

    /// What remains of a name that ends in `-YYYYMMDD`, hyphens between the parts allowed;
    /// longest first.
    static func undatedNames(of model: String) -> [String] {
        let bytes = Array(model.utf8)
        return [8, 9, 10].compactMap { length in
            guard bytes.count > length + 1, bytes[bytes.count - length - 1] == hyphen,
                isDate(bytes.suffix(length))
            else { return nil }
            return String(decoding: bytes.dropLast(length + 1), as: UTF8.self)
        }
    }

    private static let hyphen = UInt8(ascii: "-")

    /// `[0-9]{4}-?[0-9]{2}-?[0-9]{2}`
    private static func isDate(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        for (index, width) in [4, 2, 2].enumerated() {
            if index > 0, rest.first == hyphen { rest.removeFirst() }
            let digits = rest.prefix(width)
            guard digits.count == width, digits.allSatisfy({ (48...57).contains($0) }) else {
                return false
            }
            rest.removeFirst(width)
        }
        return rest.isEmpty
    }
}
