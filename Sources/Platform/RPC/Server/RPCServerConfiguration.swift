package import Core
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
    /// Told of each call that ended, on no particular thread, for metrics.
    package var callEnded: (@Sendable (RPCCallRecord) -> Void)?

    package init(address: Address, tls: TLSContextSource? = nil) {
        self.address = address
        self.tls = tls
    }
}

/// What is counted about one call.
package struct RPCCallRecord: Sendable {
    /// The method's name; `unknown` where the server has none of that name, so that a peer cannot
    /// make metrics grow.
    package let method: String
    package let code: ServiceError.Code
    /// From the arrival of `Open` to the end of the call.
    package let duration: Duration
}
