package import Domain
import Encryption
import Synchronization

/// Dimensions that many events have, kept once, with what is worked out of them once.
package final class SharedDimensions: Sendable {
    package let set: DimensionSet
    // Of the set, which is large to pass around for them.
    package let connectionID: ConnectionID?
    package let hasUser: Bool
    /// Within the object, and not behind it: each event asks for it.
    private let hash = Mutex<[32 of UInt8]?>(nil)
    /// What versions of rules make of them, the latest to be asked for last; nil where they stay as they are.
    private let attributed = Mutex<[(version: Int64, dimensions: SharedDimensions?)]>([])
    /// Events of one time are of one version; where one ends, of two.
    private static let attributedMax = 2

    package init(_ set: DimensionSet) {
        self.set = set
        connectionID = set.connectionID
        hasUser = !set.user.isEmpty
    }

    /// Appends what they are found by, the hash of the set: what they add to an event's content. Of a set
    /// with a user it is made with the keys, once.
    func appendHash(
        to bytes: inout [UInt8], by hasher: inout SHA256Hasher, under keys: any PersonalFieldKeys
    ) throws {
        let isKnown = hash.withLock { known in
            guard let known else { return false }
            withUnsafeBytes(of: known) { bytes.append(contentsOf: $0) }
            return true
        }
        guard !isKnown else { return }
        let made = set.user.isEmpty ? try unkeyedHash(by: &hasher) : try set.hash(under: keys)
        precondition(made.count == 32, "A hash of dimensions is a SHA-256.")
        hash.withLock { $0 = .init { made[$0] } }
        bytes.append(contentsOf: made)
    }

    /// What they are found by, where an event's content asked for it.
    var knownHash: [UInt8]? {
        hash.withLock { known in
            known.map { hash in withUnsafeBytes(of: hash) { [UInt8]($0) } }
        }
    }

    /// The SHA-256 of the canonical text.
    func unkeyedHash(by hasher: inout SHA256Hasher) throws(EncryptionError) -> [UInt8] {
        var text: [UInt8] = []
        set.appendCanonicalText(to: &text)
        try hasher.update(text)
        return try hasher.finish()
    }

    /// What a version of their organization's rules makes of them, worked out once: themselves where it
    /// derives nothing.
    package func attributed(
        version: Int64, _ derive: (DimensionSet) -> DimensionSet
    ) -> SharedDimensions {
        if let known = attributed.withLock({ $0.first { $0.version == version } }) {
            return known.dimensions ?? self
        }
        let derived = derive(set)
        let made = derived.attribution == nil ? nil : SharedDimensions(derived)
        attributed.withLock { attributed in
            if attributed.count >= Self.attributedMax { attributed.removeFirst() }
            attributed.append((version, made))
        }
        return made ?? self
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
