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
}
