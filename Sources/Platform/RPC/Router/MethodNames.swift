/// Numbers names of methods, and finds a number by its name several times as fast as a dictionary
/// does: every call asks for several.
///
/// Names are known when the server starts, so it needs no hash that peers cannot foresee: a name
/// that is not there costs a look at a few slots, whoever made it up.
package struct MethodNames: Sendable {
    /// By slot.
    private var names: [String?] = [nil, nil, nil, nil]
    /// By slot.
    private var numbers: [Int] = [0, 0, 0, 0]
    /// All names; their numbers are their places.
    package private(set) var all: [String] = []

    package init() {}

    package init(_ names: some Sequence<String>) {
        for name in names where self[name] == nil { append(name) }
    }

    /// The number of `name`, from 0 on; nil where it is not there.
    package subscript(name: String) -> Int? {
        let slot = slot(of: name)
        return names[slot] == nil ? nil : numbers[slot]
    }

    /// Adds a name that is not there yet; its number is that of names before it.
    package mutating func append(_ name: String) {
        all.append(name)
        // A quarter of the slots are taken at most, so a search ends soon.
        if 4 * all.count > names.count {
            names = Array(repeating: nil, count: 2 * names.count)
            numbers = Array(repeating: 0, count: names.count)
            for (number, name) in all.enumerated() { place(name, number) }
        } else {
            place(name, all.count - 1)
        }
    }

    private mutating func place(_ name: String, _ number: Int) {
        let slot = slot(of: name)
        names[slot] = name
        numbers[slot] = number
    }

    /// Where `name` is, or would be.
    private func slot(of name: String) -> Int {
        let mask = names.count - 1
        var slot = Self.hash(name) & mask
        while let found = names[slot], found != name { slot = (slot + 1) & mask }
        return slot
    }

    /// Of the length and the last bytes, where the names of methods differ.
    private static func hash(_ name: String) -> Int {
        let hash = name.utf8.withContiguousStorageIfAvailable { name in
            var end: UInt64 = 0
            if name.count >= 8 {
                end = UnsafeRawBufferPointer(name).loadUnaligned(
                    fromByteOffset: name.count - 8, as: UInt64.self)
            } else {
                for byte in name { end = end << 8 | UInt64(byte) }
            }
            // Fibonacci hashing: what differs in a low bit differs in many high ones.
            let hash = (end ^ UInt64(truncatingIfNeeded: name.count)) &* 0x9E37_79B9_7F4A_7C15
            return Int(truncatingIfNeeded: hash >> 32)
        }
        // A string without storage of its own does not come from a peer.
        return hash ?? 0
    }
}
