package import Core
import Wire

/// The metadata of one call: the connection's `Hello` overlaid by the call's `Open`.
///
/// Values may be secret (`authorization`), so a dump shows keys only.
package struct CallMetadata: Sendable {
    /// One key with its value, as a peer sent it.
    package typealias Entry = (key: String, value: [UInt8])

    /// Entries of one `Hello` or `Open`.
    package static let entryCountMax = 64
    /// Bytes of all keys and values of one `Hello` or `Open`.
    package static let byteCountMax = 16 * 1024
    package static let keyByteCountMax = 64
    /// The key that is taken on `Open` only: on `Hello` it would make every call the same one.
    package static let idempotencyKey = "idempotency-key"

    // Calls have a handful, so looking through them is faster than hashing; rule 11 bounds them.
    private var values: [Entry] = []
    /// Keys whose value stands on the call's own `Open`, or that it removed.
    private var ofCall: [String] = []

    /// No metadata.
    package init() {}

    /// Merges what both frames carry.
    ///
    /// Rule 11: "A key on `Open` replaces the same key of `Hello` for that call; an empty value
    /// removes it. `idempotency-key` is taken on `Open` only."
    /// - Throws: `METADATA_INVALID` where either list breaks rule 11 by itself.
    package init(hello: [Entry], open: [Entry] = []) throws(ServiceError) {
        try Self.check(hello, of: "Hello")
        for entry in hello where entry.key != Self.idempotencyKey && !entry.value.isEmpty {
            values.append(entry)
        }
        try overlay(open)
    }

    /// The metadata of a call on a connection that has this.
    /// - Throws: `METADATA_INVALID`.
    func overlaid(by open: [Metadata]) throws(ServiceError) -> CallMetadata {
        // Most calls bring none, and then they share the connection's.
        guard !open.isEmpty else { return self }
        var copy = self
        try copy.overlay(open.map { ($0.key, $0.value) })
        return copy
    }

    private mutating func overlay(_ open: [Entry]) throws(ServiceError) {
        try Self.check(open, of: "Open")
        for entry in open {
            values.removeAll { $0.key == entry.key }
            if !entry.value.isEmpty { values.append(entry) }
            ofCall.append(entry.key)
        }
    }

    /// Whether the connection's `Hello` decides on `key`, and so every call of it that says nothing
    /// else has the same value.
    package func isFromConnection(_ key: String) -> Bool {
        ofCall.isEmpty || !ofCall.contains(key)
    }

    /// The value of `key`, nil where there is none.
    package subscript(key: String) -> [UInt8]? {
        for entry in values where entry.key == key { return entry.value }
        return nil
    }

    /// The value of `key` as text; nil where there is none or it is not UTF-8.
    package func string(_ key: String) -> String? {
        self[key].flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// The keys, sorted.
    package var keys: [String] {
        values.map(\.key).sorted()
    }

    /// Rule 11: "Keys match `[a-z0-9-]{1,64}`, at most 64 entries and 16 KiB together, none twice".
    private static func check(_ entries: [Entry], of frame: String) throws(ServiceError) {
        guard entries.count <= entryCountMax else {
            throw invalid("\(frame) has \(entries.count) entries; \(entryCountMax) are allowed.")
        }
        var byteCount = 0
        var seen = Set<String>()
        for entry in entries {
            guard isValid(key: entry.key) else {
                throw invalid("A key of \(frame) does not match [a-z0-9-]{1,64}.")
            }
            guard seen.insert(entry.key).inserted else {
                throw invalid("\(frame) has the key \(entry.key) twice.")
            }
            byteCount += entry.key.utf8.count + entry.value.count
        }
        guard byteCount <= byteCountMax else {
            throw invalid("\(frame) has \(byteCount) bytes; \(byteCountMax) are allowed.")
        }
    }

    private static func isValid(key: String) -> Bool {
        (1...keyByteCountMax).contains(key.utf8.count)
            && key.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func invalid(_ text: String) -> ServiceError {
        ServiceError(.invalidArgument, "METADATA_INVALID", field: "metadata", text)
    }
}

extension CallMetadata: CustomStringConvertible, CustomReflectable {
    package var description: String { keys.joined(separator: ",") }
    package var customMirror: Mirror { Mirror(self, children: ["keys": keys]) }
}
