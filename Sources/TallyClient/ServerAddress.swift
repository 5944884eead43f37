import Core
import NIOCore
import RPC
import TLS

/// A server's address as people write it.
struct ServerAddress {
    let connectionAddress: ClientConnection.Target.Address
    /// Whether only this machine can be meant.
    let isLocal: Bool
    /// Whom its certificate should name; nil for Unix sockets.
    let peerName: TLSPeerName?

    init(text: String) throws(ServiceError) {
        if text.hasPrefix("unix:") {
            connectionAddress = .unix(path: String(text.dropFirst("unix:".count)))
            isLocal = true
            peerName = nil
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), colon > text.startIndex
        else {
            throw ServiceError(
                .invalidArgument, "ADDRESS_INVALID", field: "address",
                "The server's address must be host:port, [address]:port or unix:/path.")
        }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        }
        connectionAddress = .tcp(host: host, port: Int(port))
        if let address = try? SocketAddress(ipAddress: host, port: Int(port)) {
            isLocal = address.isLoopback
            peerName = .address(host)
        } else {
            isLocal = host == "localhost"
            peerName = .host(host)
        }
    }

    /// The name as TLS verifies it.
    static func peerName(_ name: String) -> TLSPeerName {
        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
        return isAddress ? .address(name) : .host(name)
    }
}
