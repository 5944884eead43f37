import Core
import Domain

/// Writes fields one behind the other into memory that has room for all of them: every event has two dozen, and an
/// array would look after its own memory for each.
struct ContentWriter {
    /// The most digits that a number has, and its sign.
    static let numberByteCountMax = 20

    private let memory: UnsafeMutableBufferPointer<UInt8>
    private(set) var count: Int

    /// - Parameter memory: written from `count` on; whoever lends it sees to the room.
    fileprivate init(_ memory: UnsafeMutableBufferPointer<UInt8>, count: Int) {
        self.memory = memory
        self.count = count
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        precondition(count < memory.count, "Fields have the room that was reckoned for them.")
        memory[count] = byte
        count += 1
    }

    mutating func append(_ text: String) {
        let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { append($0) }
        guard isWritten == nil else { return }
        for byte in text.utf8 { append(byte) }
    }

    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        precondition(
            bytes.count <= memory.count - count, "Fields have the room that was reckoned for them.")
        guard let source = bytes.baseAddress, let start = memory.baseAddress else { return }
        (start + count).update(from: source, count: bytes.count)
        count += bytes.count
    }

    mutating func append(decimal number: Int64) {
        // Most are small counts and lengths.
        if (0..<10).contains(number) {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number))
            return
        }
        if number < 0 { append(UInt8(ascii: "-")) }
        var digitCount = 1
        var rest = number.magnitude
        while rest >= 10 {
            rest /= 10
            digitCount += 1
        }
        precondition(
            digitCount <= memory.count - count, "Fields have the room that was reckoned for them.")
        count += digitCount
        rest = number.magnitude
        for place in (count - digitCount..<count).reversed() {
            memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }
}

extension [UInt8] {
    /// Appends what a writer is given.
    /// - Parameter byteCountMax: At least as many bytes as that is.
    mutating func append(byteCountMax: Int, _ write: (inout ContentWriter) -> Void) {
        append(addingCapacity: byteCountMax) { span in
            span.withUnsafeMutableBufferPointer { memory, count in
                var writer = ContentWriter(memory, count: count)
                write(&writer)
                count = writer.count
            }
        }
    }
}
