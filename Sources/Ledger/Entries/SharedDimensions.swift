package import Domain
import Encryption
import Synchronization

/// Dimensions that many events have, kept once, with what is worked out of them once.
package final class SharedDimensions: Sendable {
    package let set: DimensionSet
    private let hash = Mutex<[UInt8]?>(nil)

    package init(_ set: DimensionSet) {
        self.set = set
    }

    /// SHA-256 of the canonical text: what they add to an event's content.
    func hash(by hasher: inout SHA256Hasher) throws(EncryptionError) -> [UInt8] {
        if let known = hash.withLock({ $0 }) { return known }
        var bytes: [UInt8] = []
        set.appendCanonicalText(to: &bytes)
        try hasher.update(bytes)
        let made = try hasher.finish()
        hash.withLock { $0 = made }
        return made
    }
}

extension SharedDimensions: Hashable {
    package static func == (left: SharedDimensions, right: SharedDimensions) -> Bool {
        left === right || left.set == right.set
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(set)
    }
}
