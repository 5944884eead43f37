import Testing

@testable import RPC

/// What a call brought is let go with it: its credit has gone back by then, and handlers may take their
/// time to end.
struct RPCRequestTests {
    private static let large = [UInt8](repeating: 7, count: RPCRequest.largeByteCount)

    @Test func largeMessageIsParsedOnce() throws {
        let request = RPCRequest(message: Self.large)
        #expect(try request.bytes == Self.large)
        #expect(try request.takeMessage() == Self.large)
        #expect(try request.bytes == [])
        #expect(try request.takeMessage() == [])
    }

    /// An empty message in its place would be another request.
    @Test func droppedMessageIsNoMessage() throws {
        let request = RPCRequest(message: Self.large)
        request.drop()
        #expect(throws: CancellationError.self) { try request.takeMessage() }
        #expect(throws: CancellationError.self) { try request.bytes }
        #expect(request.byteCount == Self.large.count)
    }

    @Test func smallMessageStays() throws {
        let request = RPCRequest(message: [1, 2, 3])
        request.drop()
        #expect(try request.takeMessage() == [1, 2, 3])
    }
}
