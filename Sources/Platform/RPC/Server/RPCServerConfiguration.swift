import Core
package import TLS

/// Everything an operator may set about the listener of Tally RPC.
package struct RPCServerConfiguration: Sendable {
    /// Where the server listens.
    package enum Address: Sendable, Hashable {
        /// A TCP address; port 0 takes any free port.
        case tcp(host: String, port: Int)
        /// A Unix-domain socket; a stale file of that name is replaced.
        case unix(path: String)
    }

    package var address: Address
    /// Nil: plaintext, which `RPCServer` refuses beyond loopback and Unix sockets.
    package var tls: TLSContextSource?
    /// Allows plaintext on any address. Default false.
    package var isInsecurePlaintextAllowed = false
    /// Name and version that `Hello` announces.
    package var agent = "tally-server"
    /// Limits on peers and connections.
    package var limits = RPCLimits()

    package init(address: Address, tls: TLSContextSource? = nil) {
        self.address = address
        self.tls = tls
    }
}
