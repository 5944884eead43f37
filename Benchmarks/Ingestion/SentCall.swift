import FoundationEssentials

/// A call in a file: whose, how many events, the serialized request. Numbers have eight bytes, the
/// lowest first.
struct SentCall {
    let recipient: Int
    let eventCount: Int
    let request: [UInt8]

    func append(to data: inout Data) {
        for number in [recipient, eventCount, request.count] {
            withUnsafeBytes(of: UInt64(number).littleEndian) { data.append(contentsOf: $0) }
        }
        data.append(contentsOf: request)
    }

    /// All calls of a file, in order.
    static func load(_ url: URL) throws -> [SentCall] {
        let bytes = [UInt8](try Data(contentsOf: url))
        var calls: [SentCall] = []
        var next = 0
        func number() -> Int {
            defer { next += 8 }
            return Int(
                bytes[next..<next + 8].reversed().reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
        }
        while next < bytes.count {
            let (recipient, eventCount, byteCount) = (number(), number(), number())
            calls.append(
                SentCall(
                    recipient: recipient, eventCount: eventCount,
                    request: Array(bytes[next..<next + byteCount])))
            next += byteCount
        }
        return calls
    }
}
