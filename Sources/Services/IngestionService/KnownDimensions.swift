import API
import Domain
import Ledger
import Synchronization

/// Dimensions of recent events by the texts that they were sent as: whoever brings them again brings
/// nothing that would have to be checked, copied or compared anew. One for a process.
final class KnownDimensions: Sendable {
    /// What an organization sent, unambiguously.
    struct Key: Hashable {
        fileprivate let bytes: [UInt8]

        /// - Parameter object: What the event's usage object says, which may fill in dimensions.
        init(_ event: API.Event, of organization: OrganizationID, object: UsageObject? = nil) {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(320)
            bytes.append(object == nil ? 0 : 1)
            if let object {
                Self.append(object.serviceTier ?? "", to: &bytes)
                Self.append(object.region ?? "", to: &bytes)
            }
            withUnsafeBytes(of: organization.uuid.bytes.high) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: organization.uuid.bytes.low) { bytes.append(contentsOf: $0) }
            // One by one: an array of them would count references, for each event.
            Self.append(event.source, to: &bytes)
            Self.append(event.provider, to: &bytes)
            Self.append(event.model, to: &bytes)
            Self.append(event.requestedModel, to: &bytes)
            Self.append(event.operation, to: &bytes)
            Self.append(event.region, to: &bytes)
            Self.append(event.serviceTier, to: &bytes)
            Self.append(event.project, to: &bytes)
            Self.append(event.apiKeyID, to: &bytes)
            Self.append(event.user, to: &bytes)
            Self.append(event.feature, to: &bytes)
            Self.append(event.customer, to: &bytes)
            Self.append(event.team, to: &bytes)
            Self.append(event.environment, to: &bytes)
            Self.append(event.connection, to: &bytes)
            for tag in event.tags {
                Self.append(tag.key, to: &bytes)
                Self.append(tag.value, to: &bytes)
            }
            self.bytes = bytes
        }

        /// All bytes at once: an array would hash one after another.
        func hash(into hasher: inout Hasher) {
            bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
        }

        /// The length keeps neighbours apart.
        private static func append(_ text: String, to bytes: inout [UInt8]) {
            let count = UInt32(truncatingIfNeeded: text.utf8.count)
            withUnsafeBytes(of: count) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: text.utf8)
        }
    }

    private struct State {
        var known: [Key: SharedDimensions] = [:]
        var byteCount = 0
    }

    private let state = Mutex(State())
    private let byteCountMax: Int
    /// Whoever sends so much with an event gains little by its being remembered.
    private static let keyByteCountMax = 4096

    /// - Parameter byteCountMax: beyond so many bytes of keys, all are forgotten.
    init(byteCountMax: Int = 32 << 20) {
        self.byteCountMax = byteCountMax
    }

    func find(_ key: Key) -> SharedDimensions? {
        state.withLock { $0.known[key] }
    }

    /// Remembers dimensions that were found good.
    func remember(_ dimensions: SharedDimensions, as key: Key) {
        guard key.bytes.count <= Self.keyByteCountMax else { return }
        state.withLock { state in
            if state.byteCount + key.bytes.count > byteCountMax { state = State() }
            if state.known.updateValue(dimensions, forKey: key) == nil {
                state.byteCount += key.bytes.count
            }
        }
    }
}
