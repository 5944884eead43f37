import Logging
import ServiceLifecycle
import TLS
import UnixSignals

/// Reads the listener's certificates again at each SIGHUP; connections that are open go on.
struct CertificateReload: Service {
    private let source: TLSContextSource?
    private let signals: UnixSignalsSequence
    private let logger: Logger

    /// From here on SIGHUP no longer ends the process.
    /// - Parameter source: Nil where the server speaks no TLS.
    init(source: TLSContextSource?, logger: Logger) async {
        self.source = source
        self.logger = logger
        signals = await UnixSignalsSequence(trapping: .sighup)
    }

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            reload()
        }
    }

    private func reload() {
        guard let source else {
            logger.notice("SIGHUP found nothing to reload: the server speaks no TLS.")
            return
        }
        do {
            try source.reload()
            logger.info(
                "Certificates were reloaded.",
                metadata: ["file": "\(source.files.certificateFile)"])
        } catch .file(let path, let reason) {
            logger.error(
                "Certificates could not be reloaded; those of before stay in use.",
                metadata: ["file": "\(path)", "reason": "\(reason)"])
        } catch {
            logger.error(
                "Certificates could not be reloaded; those of before stay in use.",
                metadata: ["reason": "\(error)"])
        }
    }
}
