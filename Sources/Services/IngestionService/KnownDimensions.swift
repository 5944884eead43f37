import API
import Domain
import Ledger
import Synchronization

/// Dimensions of recent events by the texts that they were sent as: whoever brings them again brings
/// nothing that would have to be checked, copied or compared anew. One for a process.
final class KnownDimensions: Sendable {
    /// What an organization sent, unambiguously.
    struct Key: Hashable {
        fileprivate private(set) var bytes: [UInt8] = []
        /// Whoever sends so much with an event gains little by its being remembered.
        private static let byteCountMax = 4096

        init() {
            bytes.reserveCapacity(320)
        }

        /// - Parameter object: What the event's usage object says, which may fill in dimensions.
        init(_ event: API.Event, of organization: OrganizationID, object: UsageObject? = nil) {
            self.init()
            become(event, of: organization, object: object)
        }

        /// Becomes the key of another event; the memory stays, so that many cost one allocation.
        mutating func become(
            _ event: API.Event, of organization: OrganizationID, object: UsageObject? = nil
        ) {
            begin(as: object == nil ? .message : .messageWithObject, of: organization)
            if let object {
                append(object.serviceTier ?? "")
                append(object.region ?? "")
            }
            // One by one: an array of them would count references, for each event.
            append(event.source)
            append(event.provider)
            append(event.model)
            append(event.requestedModel)
            append(event.operation)
            append(event.region)
            append(event.serviceTier)
            append(event.project)
            append(event.apiKeyID)
            append(event.user)
            append(event.feature)
            append(event.customer)
            append(event.team)
            append(event.environment)
            append(event.connection)
            for tag in event.tags {
                append(tag.key)
                append(tag.value)
            }
        }

        /// Becomes the key of an event as it lies in a request: another one than the same event has as a message,
        /// and yet another where its fields lie in another order.
        /// - Returns: What was read meanwhile; nil where it has to be read as a message, and this is no key.
        mutating func become(
            ofEvent event: UnsafeRawBufferPointer, of organization: OrganizationID
        ) -> ScannedEvent? {
            begin(as: .serialized, of: organization)
            return ScannedEvent(event, appendingDimensionsTo: &bytes)
        }

        /// What tells keys apart that are made in different ways.
        private enum Form: UInt8 {
            case message, messageWithObject, serialized
        }

        /// Whether it is short enough to be remembered.
        var isShort: Bool { bytes.count <= Self.byteCountMax }

        /// The same in no more memory than it takes: one that becomes many events' has that of the longest.
        var compact: Key {
            var key = self
            key.bytes = bytes.withUnsafeBytes { [UInt8]($0) }
            return key
        }

        private static let seeds = (UInt64.random(in: 0 ... .max), UInt64.random(in: 0 ... .max))

        /// Tells most keys apart, in less time than `hash(into:)`. Whoever finds out the seeds can make many of
        /// one hash, so that nobody may wait who looks for one among those.
        var quickHash: UInt64 {
            let (seed, other) = Self.seeds
            return bytes.withUnsafeBytes { bytes in
                // The form and the organization alone have 17 bytes.
                guard bytes.count >= 16 else { return seed }
                var hash = seed ^ UInt64(bytes.count)
                var offset = 0
                // The last sixteen bytes may be some of those before them.
                while offset < bytes.count {
                    let place = min(offset, bytes.count - 16)
                    let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
                    let next = bytes.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self)
                    let product = (word ^ other).multipliedFullWidth(by: next ^ hash)
                    hash = product.high ^ product.low
                    offset += 16
                }
                return hash
            }
        }

        private mutating func begin(as form: Form, of organization: OrganizationID) {
            if bytes.capacity > Self.byteCountMax {
                self = Key()
            } else {
                bytes.removeAll(keepingCapacity: true)
            }
            bytes.append(form.rawValue)
            withUnsafeBytes(of: organization.uuid.bytes.high) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: organization.uuid.bytes.low) { bytes.append(contentsOf: $0) }
        }

        /// All bytes at once: arrays are compared one after another.
        static func == (left: Key, right: Key) -> Bool {
            left.bytes.withUnsafeBufferPointer { left in
                right.bytes.withUnsafeBufferPointer { right in
                    guard left.count == right.count else { return false }
                    // Without branches, so that many bytes are looked at together.
                    var difference: UInt8 = 0
                    for index in left.indices { difference |= left[index] ^ right[index] }
                    return difference == 0
                }
            }
        }

        /// The same.
        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }

        /// The length keeps neighbours apart; of nearly every text it fits a byte.
        private mutating func append(_ text: String) {
            var text = text
            text.withUTF8 { utf8 in
                if let count = UInt8(exactly: utf8.count), count < .max {
                    bytes.append(count)
                } else {
                    bytes.append(.max)
                    let count = UInt32(truncatingIfNeeded: utf8.count)
                    withUnsafeBytes(of: count) { bytes.append(contentsOf: $0) }
                }
                bytes.append(contentsOf: utf8)
            }
        }
    }

    private struct State {
        var known: [Key: SharedDimensions] = [:]
        var byteCount = 0
    }

    /// What stands behind a key, and the dictionary's place for both: an estimate, of texts of which few are long.
    private static let byteCountBesideKey = 1024

    private let state = Mutex(State())
    private let byteCountMax: Int

    /// - Parameter byteCountMax: beyond about so many bytes of memory, all are forgotten.
    init(byteCountMax: Int = 128 << 20) {
        self.byteCountMax = byteCountMax
    }

    /// For tests.
    var count: Int { state.withLock { $0.known.count } }

    /// How many bytes the keys of all have room for. For tests.
    var keyCapacity: Int {
        state.withLock { state in
            state.known.keys.reduce(0) { $0 + $1.bytes.capacity }
        }
    }

    func find(_ key: Key) -> SharedDimensions? {
        entry(of: key)?.dimensions
    }

    /// The same with the key as it is kept here.
    func entry(of key: Key) -> (key: Key, dimensions: SharedDimensions)? {
        // Before the lock, which would be held while many bytes are hashed.
        guard key.isShort else { return nil }
        return state.withLock { state in
            state.known.index(forKey: key).map { index in
                let (key, dimensions) = state.known[index]
                return (key, dimensions)
            }
        }
    }

    /// Remembers dimensions that were found good.
    func remember(_ dimensions: SharedDimensions, as key: Key) {
        guard key.isShort else { return }
        let key = key.compact
        state.withLock { state in
            let byteCount = Self.byteCountBesideKey + key.bytes.count
            if state.byteCount + byteCount > byteCountMax { state = State() }
            if state.known.updateValue(dimensions, forKey: key) == nil {
                state.byteCount += byteCount
            }
        }
    }
}
