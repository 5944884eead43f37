/// Why a listener or a connection cannot be set up.
package enum RPCError: Error, Sendable, Hashable {
    /// Plaintext was asked for on an address that others can reach.
    case plaintextRefused(address: String)
    /// A limit is below what the protocol promises every peer, or above what can be served.
    case limitInvalid(name: String)
}

extension RPCError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .plaintextRefused(let address):
            "\(address) is neither loopback nor a Unix socket: configure TLS, or allow insecure "
                + "plaintext in as many words."
        case .limitInvalid(let name):
            "The limit \(name) is out of range."
        }
    }
}
