/// What a sealed text belongs to. It opens only under the binding it was sealed under, so that a
/// row copied to another owner, or an old row put back under a newer version, does not open.
///
/// Example: `Binding(purpose: "connection-key", [organizationID, connectionID, "3"])`.
package struct Binding: Hashable, Sendable {
    package let purpose: String
    /// Identifiers in an order the purpose fixes.
    package let parts: [String]

    package init(purpose: String, _ parts: [String]) {
        self.purpose = purpose
        self.parts = parts
    }

    /// Each string behind its length, so that no two bindings have the same bytes.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for text in [purpose] + parts { Self.append(Array(text.utf8), to: &bytes) }
        return bytes
    }

    /// As of a binding with one part more, which need not be text.
    func bytes(before part: [UInt8]) -> [UInt8] {
        var bytes = bytes
        Self.append(part, to: &bytes)
        return bytes
    }

    private static func append(_ part: [UInt8], to bytes: inout [UInt8]) {
        let length = UInt32(part.count)
        for shift in [24, 16, 8, 0] as [UInt32] {
            bytes.append(UInt8(truncatingIfNeeded: length >> shift))
        }
        bytes.append(contentsOf: part)
    }
}
