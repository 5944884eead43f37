import NIOCore
import TestSupport
import Testing
import Wire

@testable import RPC

struct FrameMemoryTests {
    private func bytes(_ count: Int, _ value: UInt8) -> [UInt8] {
        [UInt8](repeating: value, count: count)
    }

    private func frame(_ memory: FrameMemory, _ message: [UInt8]) -> ByteBuffer {
        memory.frame(of: PackedMessage(bytes: message), streamID: 7)
    }

    /// Whatever is on its way stays as it is, and every frame is what it would be by itself.
    @Test(arguments: 1...20) func framesAreThoseOfTheirMessages(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let memory = FrameMemory()
        var onTheirWay: [(frame: ByteBuffer, message: [UInt8])] = []
        for _ in 0..<60 {
            let count = Int.random(in: 0...1, using: &random) == 0 ? 40_000 : 300_000
            let message = bytes(
                Int.random(in: 0...count, using: &random), UInt8.random(in: 0...255, using: &random)
            )
            onTheirWay.append((frame(memory, message), message))
            while onTheirWay.count > Int.random(in: 0...12, using: &random) {
                let (frame, message) = onTheirWay.removeFirst()
                let alone = FrameEncoder.messageFrame(PackedMessage(bytes: message), streamID: 7)
                #expect(frame == alone)
            }
        }
    }

    /// A shorter message in the place of a longer one has its capacity; by itself it has less.
    @Test func memoryOfWhatWasSentIsUsedAgain() {
        let memory = FrameMemory()
        var first: ByteBuffer? = frame(memory, bytes(64 * 1024, 1))
        let capacity = first?.storageCapacity ?? 0
        let second = frame(memory, bytes(20_000, 2))
        #expect(second.storageCapacity < capacity)
        first = nil
        let again = frame(memory, bytes(20_000, 3))
        #expect(again.storageCapacity == capacity)
        let alone = FrameEncoder.messageFrame(
            PackedMessage(bytes: bytes(20_000, 2)), streamID: 7)
        #expect(second == alone)
    }
}
