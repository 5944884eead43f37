import Foundation
import TestSupport
import Testing

/// SIGHUP and a real `tally-server`, which needs no database for it.
@Suite(.timeLimit(.minutes(2)))
struct CertificateReloadTests {
    @Test func hangupReplacesTheCertificateOfNewConnectionsOnly() async throws {
        try await TestCertificates.use { certificates in
            let folder = certificates.folder
            let environment = [
                "TALLY_DATABASE_URL": "postgresql://nobody@/nothing?host=/nonexistent",
                "TALLY_KEYS_DATABASE_URL": "postgresql://nobody@/keys?host=/nonexistent",
                "TALLY_LISTEN": "127.0.0.1:0",
                "TALLY_TLS_CERTIFICATE_FILE": certificates.serverFile,
                "TALLY_TLS_KEY_FILE": certificates.serverKeyFile,
                "TALLY_MASTER_KEY_FILE": try KeyFile.make("master", in: folder),
                "TALLY_TOKEN_HASH_KEY_FILE": try KeyFile.make("hash", in: folder),
                "TALLY_MIGRATIONS_DIRECTORY": ProjectFolder.migrations,
            ]
            let server = try ChildProcess.start(
                "tally-server", ["serve"], environment: environment, folder: folder)
            let outcome: CommandLineTool.Outcome
            do {
                let address = try await server.address()
                // The client's certificate names the same host, so it can stand for a new one.
                outcome = try await CommandLineTool.run([
                    "python3", ProjectFolder.root + "/Tests/TestSupport/Fixtures/tls_peer.py",
                    "reload", address, certificates.authorityFile, "\(server.processID)",
                    server.errorFile.path, certificates.serverFile, certificates.serverKeyFile,
                    certificates.clientFile, certificates.clientKeyFile,
                ])
            } catch {
                await server.kill()
                throw error
            }
            #expect(outcome.output == "all is well\n")
            #expect(await server.terminate() == 0)
        }
    }

    /// A hook that reloads every service on a machine does not know which of them speak TLS.
    @Test func hangupDoesNotEndAServerWithoutCertificates() async throws {
        try await TestCertificates.use { certificates in
            let folder = certificates.folder
            let environment = [
                "TALLY_DATABASE_URL": "postgresql://nobody@/nothing?host=/nonexistent",
                "TALLY_KEYS_DATABASE_URL": "postgresql://nobody@/keys?host=/nonexistent",
                "TALLY_LISTEN": "127.0.0.1:0",
                "TALLY_MASTER_KEY_FILE": try KeyFile.make("master", in: folder),
                "TALLY_TOKEN_HASH_KEY_FILE": try KeyFile.make("hash", in: folder),
                "TALLY_MIGRATIONS_DIRECTORY": ProjectFolder.migrations,
            ]
            let server = try ChildProcess.start(
                "tally-server", ["serve"], environment: environment, folder: folder)
            do {
                _ = try await server.address()
                #expect(kill(server.processID, SIGHUP) == 0)
                try await server.line(/nothing to reload/)
            } catch {
                await server.kill()
                throw error
            }
            #expect(await server.terminate() == 0)
        }
    }
}
