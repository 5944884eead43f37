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
                "TALLY_MASTER_KEY_FILE": try key("master", in: folder),
                "TALLY_TOKEN_HASH_KEY_FILE": try key("hash", in: folder),
                "TALLY_MIGRATIONS_DIRECTORY": ProjectFolder.migrations,
            ]
            let server = try ChildProcess.start(
                "tally-server", ["serve"], environment: environment, folder: folder)
            let outcome: CommandLineTool.Outcome
            do {
                let address = try await address(of: server)
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
                "TALLY_MASTER_KEY_FILE": try key("master", in: folder),
                "TALLY_TOKEN_HASH_KEY_FILE": try key("hash", in: folder),
                "TALLY_MIGRATIONS_DIRECTORY": ProjectFolder.migrations,
            ]
            let server = try ChildProcess.start(
                "tally-server", ["serve"], environment: environment, folder: folder)
            do {
                _ = try await address(of: server)
                #expect(kill(server.processID, SIGHUP) == 0)
                try await wait(for: /nothing to reload/, in: server)
            } catch {
                await server.kill()
                throw error
            }
            #expect(await server.terminate() == 0)
        }
    }

    private func key(_ name: String, in folder: URL) throws -> String {
        let file = folder.appending(path: name)
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max) }
        let isMade = FileManager.default.createFile(
            atPath: file.path, contents: Data(Data(bytes).base64EncodedString().utf8),
            attributes: [.posixPermissions: 0o600])
        #expect(isMade)
        return file.path
    }

    /// Where the server says that it listens.
    private func address(of server: ChildProcess) async throws -> String {
        String(try await wait(for: /"address":"(127\.0\.0\.1:[0-9]+)"/, in: server).1)
    }

    /// Waits for a line of the server's log.
    @discardableResult
    private func wait<Output>(
        for line: Regex<Output>, in server: ChildProcess
    ) async throws -> Output {
        while !server.hasEnded {
            let log = try String(contentsOf: server.errorFile, encoding: .utf8)
            if let match = log.firstMatch(of: line) { return match.output }
            // Nothing tells when a file of another process has grown.
            try await Task.sleep(for: .milliseconds(20))
        }
        throw ServerEnded(log: try String(contentsOf: server.errorFile, encoding: .utf8))
    }

    private struct ServerEnded: Error {
        let log: String
    }
}
