import Core
import Synchronization

/// The PEM files of a listener.
package struct TLSServerFiles: Sendable, Hashable {
    /// Whether clients must prove themselves where there is an authority for them.
    package enum ClientCertificate: String, Sendable, Hashable, CaseIterable {
        /// A client without a certificate of an authority is not served.
        case required
        /// A client may come without; one that it shows must be an authority's all the same.
        case optional
    }

    /// Leaf first, intermediates after it.
    package var certificateFile: String
    /// Without a pass phrase.
    package var privateKeyFile: String
    /// The authorities of clients; nil: clients are not asked for certificates.
    package var clientAuthorityFile: String?
    /// Counts where there is a `clientAuthorityFile`.
    package var clientCertificate: ClientCertificate

    package init(
        certificateFile: String, privateKeyFile: String, clientAuthorityFile: String? = nil,
        clientCertificate: ClientCertificate = .required
    ) {
        self.certificateFile = certificateFile
        self.privateKeyFile = privateKeyFile
        self.clientAuthorityFile = clientAuthorityFile
        self.clientCertificate = clientCertificate
    }
}

/// Where a listener takes the context of each new connection from, so that its certificates can be
/// replaced while it runs.
///
/// Connections keep the context that they began with. Sessions of before a reload are resumed after
/// it, unless the authorities of clients, or whether clients must prove themselves, changed.
package final class TLSContextSource: Sendable {
    package let files: TLSServerFiles
    private let protocolName: String
    private let ticketKeys: TLSTicketKeys
    private let clock: WallClock
    private let current: Mutex<TLSContext>

    /// - Parameter protocolName: The one protocol of ALPN.
    /// - Throws: Where a file is unusable, with its path.
    package convenience init(files: TLSServerFiles, protocolName: String) throws(TLSError) {
        try self.init(
            files: files, protocolName: protocolName,
            ticketKeys: TLSTicketKeys(ticketLifetime: TLSContext.sessionLifetime))
    }

    init(
        files: TLSServerFiles, protocolName: String, ticketKeys: TLSTicketKeys,
        clock: WallClock = .system
    ) throws(TLSError) {
        self.files = files
        self.protocolName = protocolName
        self.ticketKeys = ticketKeys
        self.clock = clock
        current = Mutex(
            try TLSContext.server(
                files: files, protocolName: protocolName, ticketKeys: ticketKeys, clock: clock))
    }

    /// For the next connection.
    package var context: TLSContext { current.withLock { $0 } }

    /// Reads the files again, for the connections from now on.
    /// - Throws: Where a file is unusable, or no client would accept the certificate today; what was there
    ///   before goes on.
    package func reload() throws(TLSError) {
        let next = try TLSContext.server(
            files: files, protocolName: protocolName, ticketKeys: ticketKeys, clock: clock)
        // At its start a server has nothing better, and clients say what is wrong.
        try next.checkDates(certificateFile: files.certificateFile)
        current.withLock { $0 = next }
    }
}
