/// Finds what belongs to a method by its name, several times as fast as a dictionary: every call does.
///
/// Names are known when it is made, so it needs no hash that peers cannot foresee: a name that is not
/// there costs a look at a few slots, whoever made it up.
struct MethodTable<Value: Sendable>: Sendable {
    /// By slot; apart from the values, so that a search looks at nothing else.
    private let names: [String?]
    private let values: [Value?]
    private let mask: Int

    /// - Parameter value: makes what belongs to a name.
    init(_ methodNames: some Sequence<String>, value: (String) -> Value) {
        let methodNames = Set(methodNames)
        // A quarter of the slots are taken at most, so a search ends soon.
        var count = 4
        while count < 4 * methodNames.count { count *= 2 }
        var names = [String?](repeating: nil, count: count)
        var values = [Value?](repeating: nil, count: count)
        for name in methodNames {
            var index = Self.hash(name) & (count - 1)
            while names[index] != nil { index = (index + 1) & (count - 1) }
            names[index] = name
            values[index] = value(name)
        }
        self.names = names
        self.values = values
        mask = count - 1
    }

    subscript(name: String) -> Value? {
        var index = Self.hash(name) & mask
        while let found = names[index] {
            if found == name { return values[index] }
            index = (index + 1) & mask
        }
        return nil
    }

    /// Of the length and the last bytes, where the names of methods differ.
    private static func hash(_ name: String) -> Int {
        let hash = name.utf8.withContiguousStorageIfAvailable { name in
            var hash = UInt64(truncatingIfNeeded: name.count)
            for index in max(0, name.count - 8)..<name.count {
                hash = (hash ^ UInt64(name[index])) &* 0x0100_0000_01B3
            }
            return Int(truncatingIfNeeded: hash >> 20)
        }
        // A string without storage of its own does not come from a peer.
        return hash ?? 0
    }
}
