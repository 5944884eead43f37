import Core
import RPC
import Synchronization
import TLS
import Wire

/// Where connections go and how, worked out from what the program configured.
///
/// Made at the first connection, since it reads files; kept for the others, which so resume TLS
/// sessions.
final class ConnectionTarget: Sendable {
    private let configuration: TallyClientConfiguration
    private let made = Mutex<ClientConnection.Target?>(nil)

    init(configuration: TallyClientConfiguration) {
        self.configuration = configuration
    }

    func value() throws(ClientCallFailure) -> ClientConnection.Target {
        if let target = made.withLock({ $0 }) { return target }
        do {
            let target = try build()
            made.withLock { $0 = target }
            return target
        } catch let error as ServiceError {
            throw ClientCallFailure(error, isNeverSent: true)
        } catch {
            throw ClientCallFailure.connecting(to: configuration.address, error)
        }
    }

    private func build() throws -> ClientConnection.Target {
        let address = try ServerAddress(text: configuration.address)
        var tls: TLSContext?
        var peerName = address.peerName
        switch configuration.security {
        case .tls(let authorityFile, let serverName, let certificateFile, let privateKeyFile):
            tls = try TLSContext.client(
                authorityFile: authorityFile, certificateFile: certificateFile,
                privateKeyFile: privateKeyFile, protocolName: "tally/1")
            peerName = serverName.map { ServerAddress.peerName($0) } ?? peerName
        case .plaintext:
            guard address.isLocal else {
                throw ServiceError(
                    .failedPrecondition, "PLAINTEXT_REFUSED", field: "address",
                    "Plaintext is for loopback and Unix sockets; use TLS.")
            }
        case .insecurePlaintext:
            break
        }
        var metadata = configuration.metadata.map {
            Metadata(key: $0.key, value: Array($0.value.utf8))
        }
        if let token = configuration.token {
            metadata.append(Metadata(key: "authorization", value: Array("Bearer \(token)".utf8)))
        }
        return ClientConnection.Target(
            address: address.connectionAddress, tls: tls, peerName: peerName,
            agent: configuration.agent, metadata: metadata,
            connectTimeout: configuration.connectTimeout)
    }
}
