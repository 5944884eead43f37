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
    private let turn = DispatchSemaphore(value: 0)
    let port: Int

    /// - Parameters:
    ///   - words: Of the server's messages, after those that begin a session.
    ///   - isAsked: Whether it waits for a pipeline to answer; else for `speak`, and it leaves the end to the other.
    init(_ words: [UInt8], isAsked: Bool = true) throws {
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
        Thread.detachNewThread { [listener, turn] in
            Self.serve(listener, words, isAsked ? nil : turn)
        }
    }

    func speak() { turn.signal() }

    var url: String {
        "postgresql://somebody@127.0.0.1:\(port)/tally?sslmode=disable&gssencmode=disable"
    }

    /// A message of the server's.
    static func message(_ type: Character, _ body: [UInt8] = []) -> [UInt8] {
        let length = UInt32(body.count + 4).bigEndian
        return Array(String(type).utf8) + withUnsafeBytes(of: length) { Array($0) } + body
    }

    /// That a prepared statement, or one that is parsed before, was done.
    /// - Parameter notice: What was said meanwhile.
    static func done(
        _ tag: String, isParsed: Bool = false, saying notice: [UInt8] = []
    ) -> [UInt8] {
        let before = (isParsed ? message("1") : []) + message("2") + message("n")
        return before + notice + message("C", Array(tag.utf8) + [0])
    }

    static func fatal(_ state: String) -> [UInt8] {
        message("E", fields("FATAL", state))
    }

    static func warning(_ state: String = "01000") -> [UInt8] {
        message("N", fields("WARNING", state))
    }

    /// That all of a pipeline was answered.
    static var ready: [UInt8] { message("Z", Array("I".utf8)) }

    private static func fields(_ severity: String, _ state: String) -> [UInt8] {
        let fields = [("S", severity), ("V", severity), ("C", state), ("M", "the end")]
        return fields.flatMap { Array(($0.0 + $0.1).utf8) + [0] } + [0]
    }

    private static func serve(
        _ listener: Int32, _ words: [UInt8], _ turn: DispatchSemaphore?
    ) {
        let peer = accept(listener, nil, nil)
        close(listener)
        // The length of what begins a session counts itself.
        let length = read(peer, 4).reduce(0) { $0 << 8 | Int($1) }
        _ = read(peer, max(0, length - 4))
        send(
            peer, message("R", [0, 0, 0, 0]) + message("Z", Array((turn == nil ? "T" : "I").utf8)))
        defer { close(peer) }
        if let turn {
            turn.wait()
            send(peer, words)
            while !read(peer, 1).isEmpty {}
            return
        }
        // Until Sync, which has no body.
        var type: UInt8?
        while type != UInt8(ascii: "S") {
            let head = read(peer, 5)
            guard head.count == 5 else { break }
            type = head[0]
            _ = read(peer, head.dropFirst().reduce(0) { $0 << 8 | Int($1) } - 4)
        }
        send(peer, words)
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
