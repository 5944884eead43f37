/// One of the reports that are pulled from a connection, each with its own progress, by the name
/// that the provider's connector gives it.
package struct PullStream: RawRepresentable, Hashable, Sendable, Codable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Whether it is of the provider's bill; every other report tells who and what.
    package var isBill: Bool { rawValue == "costs" || rawValue.hasPrefix("costs/") }

    /// Whether figures of spend come from it; others list what things are called, or tell what people did.
    package var isOfSpend: Bool { ["usage", "costs"].contains(rawValue.prefix { $0 != "/" }) }

    /// The first usage report of a provider; further ones are `usage/NAME`.
    package static let usage = PullStream(rawValue: "usage")
    /// The first report of a provider's bill; further ones are `costs/NAME`.
    package static let costs = PullStream(rawValue: "costs")
}

extension PullStream {
    /// Bytes of a report's name at most.
    static let nameBytesMax = 40
}
