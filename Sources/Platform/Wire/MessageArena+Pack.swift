import CProtobufC

extension MessageArena {
    /// Uninitialized memory for one C structure. Its `init` function must run on it before all else.
    package func allocateMessage<Message>(_: Message.Type) -> UnsafeMutablePointer<Message> {
        // Swift does not take a structure with a union for `BitwiseCopyable`; blocks are aligned
        // for every C type.
        UnsafeMutableRawPointer(allocate(UInt8.self, count: MemoryLayout<Message>.stride))
            .bindMemory(to: Message.self, capacity: 1)
    }

    /// Pointers to one C structure for each value, as protobuf-c wants repeated messages.
    package func copy<Value, Message>(
        _ values: [Value], _ pack: (Value) -> UnsafeMutablePointer<Message>
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?> {
        let pointers = allocate(UnsafeMutablePointer<Message>?.self, count: values.count)
        for (index, value) in values.enumerated() {
            (pointers + index).initialize(to: pack(value))
        }
        return pointers
    }

    /// Pointers to C strings, as protobuf-c wants repeated strings.
    package func copy(
        _ strings: [String]
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> {
        copy(strings) { copy($0) }
    }

    /// Numbers in a row, as protobuf-c wants repeated numbers.
    package func copy<Number: BitwiseCopyable>(_ numbers: [Number]) -> UnsafeMutablePointer<Number>
    {
        let copy = allocate(Number.self, count: numbers.count)
        for (index, number) in numbers.enumerated() {
            (copy + index).initialize(to: number)
        }
        return copy
    }

    /// The Swift values of an unpacked repeated message.
    ///
    /// Inlinable, so that it is compiled for each message: an event has several.
    @inlinable
    package static func values<Value, Message>(
        _ messages: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, count: Int,
        _ convert: (UnsafePointer<Message>) throws -> Value
    ) rethrows -> [Value] {
        guard let messages else { return [] }
        var values: [Value] = []
        values.reserveCapacity(count)
        for index in 0..<count {
            guard let message = messages[index] else { continue }
            values.append(try convert(message))
        }
        return values
    }

    /// The Swift strings of an unpacked repeated string.
    /// - Throws: `WireError.notUTF8`.
    package static func strings(
        _ strings: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, count: Int,
        messageName: String, field: String
    ) throws(WireError) -> [String] {
        guard let strings else { return [] }
        var values: [String] = []
        values.reserveCapacity(count)
        for index in 0..<count {
            values.append(try string(strings[index], messageName: messageName, field: field))
        }
        return values
    }

    /// The Swift numbers of an unpacked repeated number.
    package static func numbers<Number: BitwiseCopyable>(
        _ numbers: UnsafeMutablePointer<Number>?, count: Int
    ) -> [Number] {
        [Number](UnsafeBufferPointer(start: numbers, count: numbers == nil ? 0 : count))
    }
}
