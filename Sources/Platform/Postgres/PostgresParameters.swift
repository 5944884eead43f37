internal import CLibPQ
internal import Core

#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Bindings in the form libpq sends: one block of bytes and, per parameter, where it lies.
struct PostgresParameters {
    private var storage: [UInt8] = []
    private var offsets: [Int] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    private static let textFormat: Int32 = 0
    private static let binaryFormat: Int32 = 1

    /// - Parameter types: the types that the server inferred for the parameters.
    init(_ bindings: PostgresBindings, types: [UInt32]) throws(PostgresError) {
        guard bindings.values.count == types.count else {
            throw PostgresError(
                .protocolViolation,
                message: "\(bindings.values.count) values for \(types.count) parameters")
        }
        for (value, type) in zip(bindings.values, types) {
            try append(value, as: type)
        }
    }

    /// Hands out what `PQexecPrepared` takes; the pointers end with the closure.
    func withPointers<R>(
        _ body: (
            Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?,
            UnsafePointer<Int32>?
        ) -> R
    ) -> R {
        storage.withUnsafeBytes { bytes in
            let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            var pointers: [UnsafePointer<CChar>?] = []
            pointers.reserveCapacity(offsets.count)
            for (offset, length) in zip(offsets, lengths) {
                pointers.append(length < 0 ? nil : base.map { $0 + offset })
            }
            return pointers.withUnsafeBufferPointer { values in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { formats in
                        body(
                            Int32(values.count), values.baseAddress, lengths.baseAddress,
                            formats.baseAddress)
                    }
                }
            }
        }
    }

    private mutating func append(_ value: PostgresValue, as type: UInt32) throws(PostgresError) {
        offsets.append(storage.count)
        if case .null = value {
            lengths.append(-1)
            formats.append(Self.binaryFormat)
            return
        }
        let isText: Bool
        if case .text(let text) = value, !PostgresType.isText(type), type != PostgresType.jsonb {
            // Any type has a text form: dates, intervals, addresses, enumerations.
            try Self.appendText(text, to: &storage)
            isText = true
        } else {
            try Self.appendBinary(value, as: type, to: &storage)
            isText = false
        }
        lengths.append(Int32(storage.count - (offsets.last ?? 0)))
        formats.append(isText ? Self.textFormat : Self.binaryFormat)
        // libpq reads a parameter in text format up to its zero, and an empty one needs an address.
        storage.append(0)
    }

    private static func appendText(
        _ text: String, to bytes: inout [UInt8]
    ) throws(PostgresError) {
        var text = text
        // Where they lie: a view of a text's bytes is looked through one by one, which takes longer than all else.
        let isWhole = text.withUTF8 { utf8 in
            guard let start = utf8.baseAddress, memchr(start, 0, utf8.count) == nil else {
                return utf8.isEmpty
            }
            bytes.append(contentsOf: utf8)
            return true
        }
        guard isWhole else {
            throw PostgresError(
                .characterNotInRepertoire, message: "text with a zero character")
        }
    }

    private static func appendBinary(
        _ value: PostgresValue, as type: UInt32, to bytes: inout [UInt8]
    ) throws(PostgresError) {
        switch (value, type) {
        case (.integer(let number), PostgresType.int8):
            bytes.appendBigEndian(number)
        case (.integer(let number), PostgresType.int4):
            bytes.appendBigEndian(try narrowed(number, to: Int32.self))
        case (.integer(let number), PostgresType.int2):
            bytes.appendBigEndian(try narrowed(number, to: Int16.self))
        case (.integer(let number), PostgresType.numeric):
            PostgresNumeric.append(Int128(number), to: &bytes)
        case (.numeric(let number), PostgresType.numeric):
            PostgresNumeric.append(number, to: &bytes)
        case (.bool(let flag), PostgresType.bool):
            bytes.append(flag ? 1 : 0)
        case (.bytes(let value), PostgresType.bytes):
            bytes.append(contentsOf: value)
        case (.uuid(let uuid), PostgresType.uuid):
            bytes.appendBigEndian(uuid.high)
            bytes.appendBigEndian(uuid.low)
        case (.uuid(let uuid), _) where PostgresType.isText(type):
            try appendText(uuid.text, to: &bytes)
        case (.instant(let instant), PostgresType.timestamptz):
            guard let count = PostgresType.timestamp(instant) else {
                throw PostgresError(
                    .numericOutOfRange, message: "an instant too early for its parameter")
            }
            bytes.appendBigEndian(count)
        case (.text(let text), PostgresType.jsonb):
            bytes.append(1)  // version of the binary form
            try appendText(text, to: &bytes)
        case (.text(let text), _) where PostgresType.isText(type):
            try appendText(text, to: &bytes)
        case (.array, _), (.integers, _), (.optionalIntegers, _), (.texts, _), (.optionalTexts, _),
            (.uuids, _), (.instants, _):
            guard let element = PostgresType.element(of: type) else {
                throw PostgresError(.protocolViolation, message: "an array for type \(type)")
            }
            try appendElements(of: value, as: element, to: &bytes)
        default:
            throw PostgresError(
                .protocolViolation, message: "a value of another kind than type \(type)")
        }
    }

    private static func appendElements(
        of array: PostgresValue, as element: UInt32, to bytes: inout [UInt8]
    ) throws(PostgresError) {
        switch array {
        case .array(let values):
            try appendArray(values, of: element, to: &bytes) { value, bytes throws(PostgresError) in
                if case .null = value { return false }
                try appendBinary(value, as: element, to: &bytes)
                return true
            }
        case .integers(let values) where element == PostgresType.int8:
            appendArray(values.count, of: element, byteCount: 8, to: &bytes) { index, place in
                place.storeBytes(of: values[index].bigEndian, as: Int64.self)
            }
        case .integers(let values):
            try appendArray(values, of: element, to: &bytes) { value, bytes throws(PostgresError) in
                try appendInteger(value, as: element, to: &bytes)
                return true
            }
        case .optionalIntegers(let values) where element == PostgresType.int8:
            appendArray(values, to: &bytes)
        case .optionalIntegers(let values):
            try appendArray(values, of: element, to: &bytes) { value, bytes throws(PostgresError) in
                guard let value else { return false }
                try appendInteger(value, as: element, to: &bytes)
                return true
            }
        case .texts(let values):
            try appendArray(values, of: element, to: &bytes) { value, bytes throws(PostgresError) in
                try appendText(value, as: element, to: &bytes)
                return true
            }
        case .optionalTexts(let values):
            try appendArray(values, of: element, to: &bytes) { value, bytes throws(PostgresError) in
                guard let value else { return false }
                try appendText(value, as: element, to: &bytes)
                return true
            }
        case .uuids(let values) where element == PostgresType.uuid:
            appendArray(values.count, of: element, byteCount: 16, to: &bytes) { index, place in
                place.storeBytes(of: values[index].high.bigEndian, as: UInt64.self)
                (place + 8).storeBytes(of: values[index].low.bigEndian, as: UInt64.self)
            }
        case .uuids(let values):
            try appendArray(values, of: element, to: &bytes) { value, bytes throws(PostgresError) in
                try appendBinary(.uuid(value), as: element, to: &bytes)
                return true
            }
        case .instants(let values):
            try appendArray(values, of: element, to: &bytes) { value, bytes throws(PostgresError) in
                try appendBinary(.instant(value), as: element, to: &bytes)
                return true
            }
        default:
            throw PostgresError(.protocolViolation, message: "no array for elements \(element)")
        }
    }

    private static func appendInteger(
        _ value: Int64, as element: UInt32, to bytes: inout [UInt8]
    ) throws(PostgresError) {
        if element == PostgresType.int8 {
            bytes.appendBigEndian(value)
        } else {
            try appendBinary(.integer(value), as: element, to: &bytes)
        }
    }

    private static func appendText(
        _ value: String, as element: UInt32, to bytes: inout [UInt8]
    ) throws(PostgresError) {
        if PostgresType.isText(element) {
            try appendText(value, to: &bytes)
        } else {
            try appendBinary(.text(value), as: element, to: &bytes)
        }
    }

    /// One dimension, counted from 1: dimensions, null flag, element type, length, bound, elements.
    /// - Parameter append: Appends an element and answers true, or false where it is null.
    @inline(__always)
    private static func appendArray<Value>(
        _ values: [Value], of element: UInt32, to bytes: inout [UInt8],
        _ append: (Value, inout [UInt8]) throws(PostgresError) -> Bool
    ) throws(PostgresError) {
        appendArrayHead(values.count, of: element, to: &bytes)
        for value in values {
            let start = bytes.count
            bytes.appendBigEndian(Int32(-1))
            guard try append(value, &bytes) else { continue }
            let length = UInt32(bytes.count - start - 4)
            for index in 0..<4 {
                bytes[start + index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32(index)))
            }
        }
    }

    /// The same of elements that are never null and of one size.
    /// - Parameter store: Writes the element at an index to its place.
    @inline(__always)
    private static func appendArray(
        _ count: Int, of element: UInt32, byteCount: Int, to bytes: inout [UInt8],
        _ store: (_ index: Int, _ place: UnsafeMutableRawPointer) -> Void
    ) {
        appendArrayHead(count, of: element, to: &bytes)
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: count * (4 + byteCount)))
        bytes.withUnsafeMutableBytes { all in
            guard var place = all.baseAddress.map({ $0 + start }) else { return }
            for index in 0..<count {
                place.storeBytes(of: Int32(byteCount).bigEndian, as: Int32.self)
                store(index, place + 4)
                place += 4 + byteCount
            }
        }
    }

    /// `bigint[]` whose elements may be null.
    private static func appendArray(_ values: [Int64?], to bytes: inout [UInt8]) {
        appendArrayHead(values.count, of: PostgresType.int8, to: &bytes)
        let start = bytes.count
        let size = values.reduce(0) { $0 + ($1 == nil ? 4 : 12) }
        bytes.append(contentsOf: repeatElement(0, count: size))
        bytes.withUnsafeMutableBytes { all in
            guard var place = all.baseAddress.map({ $0 + start }) else { return }
            for value in values {
                place.storeBytes(of: Int32(value == nil ? -1 : 8).bigEndian, as: Int32.self)
                place += 4
                guard let value else { continue }
                place.storeBytes(of: value.bigEndian, as: Int64.self)
                place += 8
            }
        }
    }

    private static func appendArrayHead(_ count: Int, of element: UInt32, to bytes: inout [UInt8]) {
        bytes.appendBigEndian(Int32(count == 0 ? 0 : 1))
        bytes.appendBigEndian(Int32(1))
        bytes.appendBigEndian(element)
        guard count > 0 else { return }
        bytes.appendBigEndian(Int32(count))
        bytes.appendBigEndian(Int32(1))
    }

    private static func narrowed<Number: FixedWidthInteger>(
        _ number: Int64, to type: Number.Type
    ) throws(PostgresError) -> Number {
        guard let narrowed = Number(exactly: number) else {
            throw PostgresError(
                .numericOutOfRange, message: "a number too large for its parameter")
        }
        return narrowed
    }
}
