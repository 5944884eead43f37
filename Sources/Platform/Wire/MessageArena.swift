package import CProtobufC

/// The memory of one call's messages while protobuf-c reads and writes them: a bump allocator whose
/// every block is released at once.
///
/// Parsing goes through `withAllocator` and stops at `byteCountMax`: a peer may choose bytes that
/// unpack into many times their size, and this bounds what they cost. Packing goes through
/// `allocate` and `copy`, which have no limit, since the values are our own.
///
/// Not `Sendable`: an arena belongs to the function that makes it. No pointer into it may outlive
/// it.
public final class MessageArena {
    /// What parsing may use: enough for the densest legal message of one frame.
    package static let byteCountMaxDefault = 64 * 1024 * 1024

    // What malloc guarantees too, so that every C type fits.
    private static let alignment = 16
    // The largest that malloc keeps at hand for each thread, which makes the arena of a small call
    // cost next to nothing.
    private static let blockByteCountMin = 1024
    private static let blockByteCountMax = 256 * 1024

    private let byteCountMax: Int
    private var byteCount = 0
    /// The first block; nearly always the only one.
    private var firstBlock: UnsafeMutableRawPointer?
    private var furtherBlocks: [UnsafeMutableRawPointer] = []
    private var free: UnsafeMutableRawPointer?
    private var freeByteCount = 0
    /// Bytes that `copy` need not copy.
    private var lent: UnsafeMutableBufferPointer<UInt8>?
    private var nextBlockByteCount = MessageArena.blockByteCountMin

    /// - Parameter byteCountMax: Bytes that parsing may allocate in all.
    package init(byteCountMax: Int = MessageArena.byteCountMaxDefault) {
        self.byteCountMax = byteCountMax
    }

    deinit {
        reset()
    }

    /// Releases all that was allocated. No pointer into the arena may be used any more.
    package func reset() {
        firstBlock?.deallocate()
        for block in furtherBlocks {
            block.deallocate()
        }
        firstBlock = nil
        furtherBlocks = []
        free = nil
        freeByteCount = 0
        byteCount = 0
        nextBlockByteCount = Self.blockByteCountMin
    }

    /// Hands `body` the arena as protobuf-c's allocator, for `protobuf_c_message_unpack`. What it
    /// unpacks lives as long as the arena and is never freed one by one.
    package func withAllocator<Result>(
        _ body: (UnsafeMutablePointer<ProtobufCAllocator>) throws -> Result
    ) rethrows -> Result {
        var allocator = ProtobufCAllocator(
            alloc: { arena, byteCount in
                guard let arena else { return nil }
                // The caller holds the arena: counting a reference for each value would cost as much as
                // the value.
                return Unmanaged<MessageArena>.fromOpaque(arena)._withUnsafeGuaranteedRef {
                    $0.allocateWithinLimit(byteCount: byteCount)
                }
            },
            free: { _, _ in },
            allocator_data: Unmanaged.passUnretained(self).toOpaque())
        return try withExtendedLifetime(self) { try body(&allocator) }
    }

    /// Uninitialized memory for `count` values of a C type.
    package func allocate<Value: BitwiseCopyable>(
        _: Value.Type, count: Int
    ) -> UnsafeMutablePointer<Value> {
        allocate(byteCount: count * MemoryLayout<Value>.stride).bindMemory(
            to: Value.self, capacity: count)
    }

    /// A C string with the UTF-8 of `string`. protobuf-c's strings end at their first zero byte, so
    /// what follows a U+0000 is not sent.
    package func copy(_ string: String) -> UnsafeMutablePointer<CChar> {
        let utf8 = string.utf8
        let copy = allocate(CChar.self, count: utf8.count + 1)
        var end = 0
        for byte in utf8 {
            copy[end] = CChar(bitPattern: byte)
            end += 1
        }
        copy[end] = 0
        return copy
    }

    /// `bytes` as protobuf-c wants a `bytes` field: a copy, or what `lending` has lent.
    package func copy(_ bytes: [UInt8]) -> ProtobufCBinaryData {
        guard !bytes.isEmpty else { return ProtobufCBinaryData(len: 0, data: nil) }
        return bytes.withUnsafeBufferPointer { source in
            if let lent, lent.baseAddress.map({ UnsafePointer($0) }) == source.baseAddress {
                return ProtobufCBinaryData(len: lent.count, data: lent.baseAddress)
            }
            let copy = allocate(UInt8.self, count: source.count)
            if let start = source.baseAddress {
                copy.update(from: start, count: source.count)
            }
            return ProtobufCBinaryData(len: source.count, data: copy)
        }
    }

    /// Lends `bytes` while `body` packs and writes a message that has them as a field: what is large
    /// need not be copied for being read once.
    package func lending<Result>(
        _ bytes: [UInt8], _ body: () throws -> Result
    ) rethrows -> Result {
        try bytes.withUnsafeBufferPointer { source in
            // protobuf-c reads through it only; its structures know no other pointer.
            lent = UnsafeMutableBufferPointer(mutating: source)
            defer { lent = nil }
            return try body()
        }
    }

    private func allocateWithinLimit(byteCount: Int) -> UnsafeMutableRawPointer? {
        guard byteCount >= 0, byteCount <= byteCountMax - self.byteCount else { return nil }
        self.byteCount += byteCount
        return allocate(byteCount: byteCount)
    }

    private func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
        let rounded = (max(byteCount, 1) + Self.alignment - 1) & ~(Self.alignment - 1)
        if let start = free, rounded <= freeByteCount {
            free = start + rounded
            freeByteCount -= rounded
            return start
        }
        // A large value gets a block of its own and leaves the open block to small ones.
        if rounded > nextBlockByteCount / 2 {
            return addBlock(byteCount: rounded)
        }
        let block = addBlock(byteCount: nextBlockByteCount)
        free = block + rounded
        freeByteCount = nextBlockByteCount - rounded
        nextBlockByteCount = min(nextBlockByteCount * 2, Self.blockByteCountMax)
        return block
    }

    private func addBlock(byteCount: Int) -> UnsafeMutableRawPointer {
        let block = UnsafeMutableRawPointer.allocate(
            byteCount: byteCount, alignment: Self.alignment)
        if firstBlock == nil {
            firstBlock = block
        } else {
            furtherBlocks.append(block)
        }
        return block
    }
}
