import CProtobufC
import TestSupport
import Testing

@testable import Wire

struct DecodeGuardTests {
    private func passes(_ bytes: [UInt8], byteCountMax: Int = 1 << 26) -> Bool {
        bytes.withUnsafeBytes { bytes in
            do {
                try DecodeGuard.check(
                    bytes, descriptor: Frame.descriptor, messageName: Frame.messageName,
                    byteCountMax: byteCountMax)
                return true
            } catch {
                return false
            }
        }
    }

    /// A field of bytes or a message.
    private func delimited(_ number: UInt8, _ value: [UInt8]) -> [UInt8] {
        var bytes = [number << 3 | 2]
        var count = value.count
        while count >= 0x80 {
            bytes.append(UInt8(count & 0x7F) | 0x80)
            count >>= 7
        }
        return bytes + [UInt8(count)] + value
    }

    /// An `Open` in a `Frame`, with so many entries of metadata.
    private func open(entryCount: Int) -> [UInt8] {
        delimited(3, Array(repeatElement(delimited(3, []), count: entryCount).joined()))
    }

    @Test func messagesAreWeighedBeforeTheyAreUnpacked() {
        #expect(passes(open(entryCount: 1_000)))
        // Two bytes each on the wire; the structures would take more than 64 MiB.
        #expect(!passes(open(entryCount: 1_000_000)))
    }

    /// What the guard lets pass, the arena holds: the estimate is never below what unpacking takes.
    @Test func whatPassesFitsTheArena() {
        var random = SeededRandom(seed: .random(in: .min ... .max))
        for _ in 0..<300 {
            let entries = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                delimited(
                    3,
                    delimited(
                        1, [UInt8](repeating: 97, count: .random(in: 0...40, using: &random)))
                        + delimited(
                            2, [UInt8](repeating: 1, count: .random(in: 0...90, using: &random)))
                        // An unknown field, which protobuf-c keeps.
                        + delimited(
                            9, [UInt8](repeating: 1, count: .random(in: 0...30, using: &random))))
            }
            let bytes = delimited(3, Array(entries.joined()))
            // The least limit with which it passes, by halving.
            var (low, high) = (0, 1 << 24)
            while low < high {
                let middle = (low + high) / 2
                if passes(bytes, byteCountMax: middle) { high = middle } else { low = middle + 1 }
            }
            let arena = MessageArena(byteCountMax: low)
            let message = bytes.withUnsafeBytes { bytes in
                try? arena.unpack(
                    bytes, as: UInt8.self, descriptor: Frame.descriptor, messageName: "Frame")
            }
            #expect(message != nil, "seed \(random.seed)")
        }
    }

    /// No message of the contract holds itself, so this describes one that does: each level is its
    /// field 3.
    @Test func nestingIsBounded() throws {
        let original = Frame.descriptor.pointee
        let open = try #require(protobuf_c_message_descriptor_get_field(Frame.descriptor, 3))
        let message = UnsafeMutablePointer<ProtobufCMessageDescriptor>.allocate(capacity: 1)
        let field = UnsafeMutablePointer<ProtobufCFieldDescriptor>.allocate(capacity: 1)
        let ranges = UnsafeMutablePointer<ProtobufCIntRange>.allocate(capacity: 2)
        defer {
            message.deallocate()
            field.deallocate()
            ranges.deallocate()
        }
        message.initialize(to: original)
        field.initialize(to: open.pointee)
        field.pointee.descriptor = UnsafeRawPointer(message)
        ranges[0] = ProtobufCIntRange(start_value: 3, orig_index: 0)
        ranges[1] = ProtobufCIntRange(start_value: 0, orig_index: 1)
        message.pointee.n_fields = 1
        message.pointee.fields = UnsafePointer(field)
        message.pointee.n_field_ranges = 1
        message.pointee.field_ranges = UnsafePointer(ranges)

        func passes(levelCount: Int) -> Bool {
            var bytes: [UInt8] = []
            for _ in 1..<levelCount { bytes = delimited(3, bytes) }
            return bytes.withUnsafeBytes { bytes in
                (try? DecodeGuard.check(bytes, descriptor: message, messageName: "Deep")) != nil
            }
        }
        #expect(passes(levelCount: 64))
        #expect(!passes(levelCount: 65))
    }

    @Test func stringsWithAZeroAreRefused() {
        #expect(!passes(delimited(3, delimited(1, [97, 0, 98]))))
        #expect(passes(delimited(3, delimited(4, [97, 0, 98]))))
    }

    @Test func damagedBytesAreRefused() {
        #expect(!passes([0xFF]))
        #expect(!passes([0x1A, 0x05, 0x01]))
        #expect(!passes([0x0B]))
    }
}
