package import Wire

extension WireMessage {
    /// The message as JSON by the contract's own description, with default values left out; the same
    /// message is the same text.
    package func json(isIndented: Bool = false) throws -> String {
        try TallySchema.reflected.get().decode(serialized(), as: Self.messageName)
            .text(isIndented: isIndented)
    }

    /// Reads what `json` wrote.
    /// - Throws: `ReflectionError` with the path of the first field at fault.
    package init(json: JSONValue) throws {
        try self.init(serialized: TallySchema.reflected.get().encode(json, as: Self.messageName))
    }
}

extension TallySchema {
    /// Read once; the contract that the program was built with does not change.
    fileprivate static let reflected = Result {
        try ReflectedSchema(fileDescriptorSet: fileDescriptorSet)
    }
}
