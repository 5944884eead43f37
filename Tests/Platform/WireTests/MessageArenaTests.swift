import CProtobufC
import Testing

@testable import Wire

struct MessageArenaTests {
    @Test func memoryIsAlignedAndDistinct() {
        let arena = MessageArena()
        var ends: [UInt] = []
        for count in [1, 3, 17, 5_000, 2, 300_000, 8] {
            let start = UInt(bitPattern: arena.allocate(UInt8.self, count: count))
            #expect(start.isMultiple(of: 16))
            ends.append(start)
        }
        #expect(Set(ends).count == ends.count)
    }

    @Test func whatIsWrittenStays() {
        let arena = MessageArena()
        let copies = (0..<2_000).map { arena.copy("text \($0)") }
        for (number, copy) in copies.enumerated() {
            #expect(String(cString: copy) == "text \(number)")
        }
    }

    @Test func parsingStopsAtTheLimit() throws {
        let bytes = Frame(streamID: 1, kind: .message([UInt8](repeating: 1, count: 1000)))
            .serialized()
        for (byteCountMax, isEnough) in [(0, false), (900, false), (1000, false), (2000, true)] {
            let arena = MessageArena(byteCountMax: byteCountMax)
            let message = bytes.withUnsafeBytes { bytes in
                try? arena.unpack(
                    bytes, as: UInt8.self, descriptor: Frame.descriptor, messageName: "Frame")
            }
            #expect((message != nil) == isEnough, "\(byteCountMax)")
        }
    }

    /// Two bytes on the wire become a structure of many: a frame's worth of them must not become
    /// gigabytes.
    @Test func denseMessageIsRefusedRatherThanUnpackedIntoGigabytes() {
        // Metadata with the key "a", over and over, in an Open in a Frame.
        var entries: [UInt8] = [0x1A, 0x03, 0x0A, 0x01, 0x61]
        while entries.count < 4_000_000 { entries += entries }
        let length = Frame(kind: .message(entries)).serialized().dropFirst().prefix(4)
        let bytes = [0x08, 0x01, 0x1A] + Array(length) + entries
        #expect(throws: WireError.malformed(message: Frame.messageName)) {
            try Frame(serialized: bytes)
        }
    }

    /// What is lent is read where it lies, and only while it is lent.
    @Test func lentBytesAreNotCopied() {
        let arena = MessageArena()
        let bytes = [UInt8](repeating: 7, count: 10_000)
        let other = bytes.map { $0 + 1 }
        bytes.withUnsafeBufferPointer { own in
            arena.lending(bytes) {
                #expect(arena.copy(bytes).data.map { UnsafePointer($0) } == own.baseAddress)
                #expect(arena.copy(bytes).len == 10_000)
                #expect(MessageArena.bytes(arena.copy(other)) == other)
                #expect(arena.copy([]).len == 0)
            }
            let copy = arena.copy(bytes)
            #expect(copy.data.map { UnsafePointer($0) } != own.baseAddress)
            #expect(MessageArena.bytes(copy) == bytes)
        }
    }

    @Test func lendingChangesNoByte() {
        for count in [0, 1, 5_000, 100_000] {
            let message = [UInt8](repeating: 9, count: count)
            let open = Open(method: "m", message: message, hasMessage: true)
            let arena = MessageArena()
            let copied = withExtendedLifetime(arena) {
                let packed = open.packed(in: arena)
                return [UInt8](unsafeUninitializedCapacity: packed.byteCount) { buffer, count in
                    packed.write(to: UnsafeMutableRawBufferPointer(buffer))
                    count = packed.byteCount
                }
            }
            #expect(open.serialized() == copied)
        }
    }
}
