import NIOCore
import TestSupport
import Testing
import Wire

@testable import RPC

struct FrameMemoryTests {
    private func bytes(_ count: Int, _ value: UInt8) -> [UInt8] {
        [UInt8](repeating: value, count: count)
    }

    private func address(_ buffer: ByteBuffer) -> Int {
        buffer.withVeryUnsafeBytes { Int(bitPattern: $0.baseAddress) }
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

    @Test func memoryOfWhatWasSentIsUsedAgain() {
        let memory = FrameMemory()
        var first: ByteBuffer? = frame(memory, bytes(64 * 1024, 1))
        let place = first.map(address)
        let second = frame(memory, bytes(64 * 1024, 2))
        #expect(address(second) != place)
        first = nil
        #expect(address(frame(memory, bytes(50_000, 3))) == place)
    }
}
