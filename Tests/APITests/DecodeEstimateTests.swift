import CMessages
import CProtobufC
import TestSupport
import Testing
import Wire

/// `DecodeGuard` against what protobuf-c really allocates, over messages of the contract.
///
/// What it lets pass, the arena holds: its estimate is never below what unpacking takes.
struct DecodeEstimateTests {
    private typealias Descriptor = UnsafePointer<ProtobufCMessageDescriptor>

    private static func withDescriptors(_ body: (Descriptor) throws -> Void) rethrows {
        try withUnsafePointer(to: tally__v1__ingest_events_request__descriptor, body)
        try withUnsafePointer(to: tally__v1__set_allocation_rules_request__descriptor, body)
        try withUnsafePointer(to: tally__v1__allocation_rule_set__descriptor, body)
        try withUnsafePointer(to: tally__v1__chargeback_report__descriptor, body)
        try withUnsafePointer(to: tally__v1__create_organization_response__descriptor, body)
        try withUnsafePointer(to: tally__v1__list_tokens_response__descriptor, body)
        try withUnsafePointer(to: tally__v1__unit_charge__descriptor, body)
    }

    private func fits(_ bytes: [UInt8], _ descriptor: Descriptor) -> Bool {
        func passes(_ byteCountMax: Int) -> Bool {
            bytes.withUnsafeBytes { bytes in
                (try? DecodeGuard.check(
                    bytes, descriptor: descriptor, messageName: "Random",
                    byteCountMax: byteCountMax)) != nil
            }
        }
        // The least limit with which it passes, by halving.
        var (low, high) = (0, 1 << 28)
        while low < high {
            let middle = (low + high) / 2
            if passes(middle) { high = middle } else { low = middle + 1 }
        }
        guard low < 1 << 28 else { return false }
        let arena = MessageArena(byteCountMax: low)
        return bytes.withUnsafeBytes { bytes in
            (try? arena.unpack(
                bytes, as: UInt8.self, descriptor: descriptor, messageName: "Random")) != nil
        }
    }

    @Test func randomMessagesFitTheirEstimate() {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        for _ in 0..<60 {
            Self.withDescriptors { descriptor in
                let bytes = message(descriptor, depth: 1, &random)
                #expect(
                    fits(bytes, descriptor),
                    "\(String(cString: descriptor.pointee.name)), seed \(random.seed)")
            }
        }
    }

    /// Where a field of one message comes again, protobuf-c merges both, and copies what repeats in
    /// them each time.
    @Test(arguments: [2, 10, 100, 1000]) func mergedMessagesFitTheirEstimate(count: Int) throws {
        var found = 0
        try Self.withDescriptors { descriptor in
            for outer in fields(descriptor)
            where outer.type == PROTOBUF_C_TYPE_MESSAGE
                && outer.label != PROTOBUF_C_LABEL_REPEATED
            {
                let nested = try #require(outer.descriptor)
                    .assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
                for inner in fields(nested)
                where inner.type == PROTOBUF_C_TYPE_MESSAGE
                    && inner.label == PROTOBUF_C_LABEL_REPEATED
                {
                    let one = delimited(outer.id, delimited(inner.id, []))
                    let bytes = Array(repeatElement(one, count: count).joined())
                    #expect(fits(bytes, descriptor), "\(String(cString: outer.name))")
                    found += 1
                }
            }
        }
        #expect(found > 0)
    }

    // MARK: Messages as bytes

    private func fields(
        _ descriptor: Descriptor
    ) -> UnsafeBufferPointer<ProtobufCFieldDescriptor> {
        UnsafeBufferPointer(
            start: descriptor.pointee.fields, count: Int(descriptor.pointee.n_fields))
    }

    /// Fields in any order, each some times over, and some that the contract does not know.
    private func message(
        _ descriptor: Descriptor, depth: Int, _ random: inout SeededRandom
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...(12 / depth), using: &random) {
            guard let field = fields(descriptor).randomElement(using: &random),
                Int.random(in: 0..<6, using: &random) > 0
            else {
                bytes += delimited(1000, text(&random))
                continue
            }
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes += value(of: field, depth: depth, &random)
            }
        }
        return bytes
    }

    private func value(
        of field: ProtobufCFieldDescriptor, depth: Int, _ random: inout SeededRandom
    ) -> [UInt8] {
        switch field.type {
        case PROTOBUF_C_TYPE_STRING, PROTOBUF_C_TYPE_BYTES:
            return delimited(field.id, text(&random))
        case PROTOBUF_C_TYPE_MESSAGE:
            guard depth < 6, let nested = field.descriptor else { return [] }
            return delimited(
                field.id,
                message(
                    nested.assumingMemoryBound(to: ProtobufCMessageDescriptor.self),
                    depth: depth + 1, &random))
        default:
            let (type, number) = number(of: field.type, &random)
            guard field.label == PROTOBUF_C_LABEL_REPEATED, Bool.random(using: &random) else {
                return varint(UInt64(field.id) << 3 | type) + number
            }
            let count = Int.random(in: 0...50, using: &random)
            return delimited(field.id, Array(repeatElement(number, count: count).joined()))
        }
    }

    /// The wire type and the bytes of a number.
    private func number(
        of type: ProtobufCType, _ random: inout SeededRandom
    ) -> (type: UInt64, bytes: [UInt8]) {
        switch type {
        case PROTOBUF_C_TYPE_FIXED32, PROTOBUF_C_TYPE_SFIXED32, PROTOBUF_C_TYPE_FLOAT:
            (5, [1, 2, 3, 4])
        case PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_SFIXED64, PROTOBUF_C_TYPE_DOUBLE:
            (1, [1, 2, 3, 4, 5, 6, 7, 8])
        default:
            (0, varint(random.next() >> UInt64.random(in: 0...63, using: &random)))
        }
    }

    private func text(_ random: inout SeededRandom) -> [UInt8] {
        [UInt8](repeating: 97, count: .random(in: 0...40, using: &random))
    }

    private func delimited(_ number: UInt32, _ value: [UInt8]) -> [UInt8] {
        varint(UInt64(number) << 3 | 2) + varint(UInt64(value.count)) + value
    }

    private func varint(_ value: UInt64) -> [UInt8] {
        var (value, bytes) = (value, [UInt8]())
        while value >= 0x80 {
            bytes.append(UInt8(value & 0x7F) | 0x80)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }
}
