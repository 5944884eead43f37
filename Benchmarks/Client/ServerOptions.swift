import ArgumentParser
import NIOCore
import TLS

/// Which server is loaded, and how it is reached.
struct ServerOptions: ParsableArguments {
    @Option(help: "Port of the server on the loopback address.")
    var port: Int

    @Option(help: "Process id of the server, to read its CPU time and memory.")
    var serverPid: Int32

    @Option(help: "Token of the connection; none without one.")
    var token: String?

    @Option(help: "Authority of the server's certificate in PEM; plaintext without one.")
    var authority: String?

    var hello: Hello { Hello(token: token) }

    func tlsContext() throws -> TLSContext? {
        guard let authority else { return nil }
        return try TLSContext.client(
            authorityFile: authority, certificateFile: nil, privateKeyFile: nil,
            protocolName: "tally/1")
    }
}
