import Foundation
import TestSupport

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A PostgreSQL server that answers one pipeline with bytes that were made before, and ends: what a real one does at no
/// instant that a test could choose.
final class LastWordsServer: Sendable {
    private let listener: Int32
    let port: Int

    /// - Parameter words: Of the server's messages, after those that begin a session.
    init(_ words: [UInt8]) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { [listener] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 1) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw CocoaError(.fileReadUnknown) }
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [listener] in Self.serve(listener, words) }
    }

    var url: String {
        "postgresql://somebody@127.0.0.1:\(port)/tally?sslmode=disable&gssencmode=disable"
    }

    /// A message of the server's.
    static func message(_ type: Character, _ body: [UInt8] = []) -> [UInt8] {
        let length = UInt32(body.count + 4).bigEndian
        return Array(String(type).utf8) + withUnsafeBytes(of: length) { Array($0) } + body
    }

    /// That a prepared statement, or one that is parsed before, was done.
    static func done(_ tag: String, isParsed: Bool = false) -> [UInt8] {
        (isParsed ? message("1") : []) + message("2") + message("n")
            + message("C", Array(tag.utf8) + [0])
    }

    static func fatal(_ state: String) -> [UInt8] {
        let fields = [("S", "FATAL"), ("V", "FATAL"), ("C", state), ("M", "the end")]
        return message("E", fields.flatMap { Array(($0.0 + $0.1).utf8) + [0] } + [0])
    }

    private static func serve(_ listener: Int32, _ words: [UInt8]) {
        let peer = accept(listener, nil, nil)
        close(listener)
        // The length of what begins a session counts itself.
        let length = read(peer, 4).reduce(0) { $0 << 8 | Int($1) }
        _ = read(peer, max(0, length - 4))
        send(peer, message("R", [0, 0, 0, 0]) + message("Z", Array("T".utf8)))
        // Until Sync, which has no body.
        var type: UInt8?
        while type != UInt8(ascii: "S") {
            let head = read(peer, 5)
            guard head.count == 5 else { break }
            type = head[0]
            _ = read(peer, head.dropFirst().reduce(0) { $0 << 8 | Int($1) } - 4)
        }
        send(peer, words)
        close(peer)
    }

    private static func read(_ peer: Int32, _ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = count == 0 ? 0 : recv(peer, &bytes, count, Int32(MSG_WAITALL))
        return Array(bytes.prefix(max(0, got)))
    }

    private static func send(_ peer: Int32, _ bytes: [UInt8]) {
        _ = Glibc.send(peer, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
}
