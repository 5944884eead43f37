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
        for text in [purpose] + parts {
            let length = UInt32(text.utf8.count)
            for shift in [24, 16, 8, 0] as [UInt32] {
                bytes.append(UInt8(truncatingIfNeeded: length >> shift))
            }
            bytes.append(contentsOf: text.utf8)
        }
        return bytes
    }
}
