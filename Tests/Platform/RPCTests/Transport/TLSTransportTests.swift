import Core
import Foundation
import RPC
import TallyClient
import TLS
import TestSupport
import Testing
import Wire

/// The server's TLS against peers that are not ours: openssl and Python's ssl.
@Suite(.section(.transport), .timeLimit(.minutes(2)))
struct TLSTransportTests {
    private func configuration(
        _ certificates: TestCertificates, mutual: TLSServerFiles.ClientCertificate? = nil
    ) throws -> RPCServerConfiguration {
        RPCServerConfiguration(
            address: .tcp(host: "127.0.0.1", port: 0),
            tls: try TLSContextSource(
                files: TLSServerFiles(
                    certificateFile: certificates.serverFile,
                    privateKeyFile: certificates.serverKeyFile,
                    clientAuthorityFile: mutual.map { _ in certificates.authorityFile },
                    clientCertificate: mutual ?? .required),
                protocolName: RPCServer.protocolName))
    }

    private func openssl(
        _ server: RunningServer, _ certificates: TestCertificates, _ more: String...
    ) async throws -> String {
        try await CommandLineTool.run(
            [
                "openssl", "s_client", "-connect", server.address, "-CAfile",
                certificates.authorityFile, "-verify_return_error",
            ] + more
        ).output
    }

    @Test func opensslAgreesOnTLS13AndTheProtocol() async throws {
        try await TestCertificates.use { certificates in
            try await TestServer.run(try configuration(certificates)) { server in
                let output = try await openssl(server, certificates, "-alpn", "tally/1")
                #expect(output.contains("ALPN protocol: tally/1"))
                #expect(output.contains("TLSv1.3"))
                #expect(output.contains("Verify return code: 0 (ok)"))
            }
        }
    }

    @Test func tls12IsTheFloor() async throws {
        try await TestCertificates.use { certificates in
            try await TestServer.run(try configuration(certificates)) { server in
                let floor = try await openssl(
                    server, certificates, "-alpn", "tally/1", "-tls1_2")
                #expect(floor.contains("ALPN protocol: tally/1"))
                #expect(floor.contains("Secure Renegotiation IS supported"))
                // Level 0 lets openssl itself offer 1.1, so the refusal is the server's.
                let below = try await openssl(
                    server, certificates, "-alpn", "tally/1", "-tls1_1", "-cipher",
                    "ALL:@SECLEVEL=0")
                #expect(below.contains("alert protocol version"))
                #expect(!below.contains("ALPN protocol: tally/1"))
            }
        }
    }

    @Test func otherProtocolsAreRefused() async throws {
        try await TestCertificates.use { certificates in
            try await TestServer.run(try configuration(certificates)) { server in
                let output = try await openssl(server, certificates, "-alpn", "h2,http/1.1")
                #expect(output.contains("alert no application protocol"))
            }
        }
    }

    @Test func weakCiphersAreRefused() async throws {
        try await TestCertificates.use { certificates in
            try await TestServer.run(try configuration(certificates)) { server in
                let output = try await openssl(
                    server, certificates, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256")
                #expect(output.contains("alert handshake failure"))
            }
        }
    }

    /// The certificate that is shown decides, also where none need be.
    @Test func anOptionalCertificateMayBeMissingButNotWrong() async throws {
        try await TestCertificates.use { certificates in
            try await TestServer.run(
                try configuration(certificates, mutual: .optional), router: Self.subjectRouter
            ) { server in
                let own = (certificates.clientFile, certificates.clientKeyFile)
                let known = try await python("resume", server, certificates, own)
                #expect(known == Self.resumed(as: #"CN=gateway-7,O=Acme\, Inc."#))
                let unknown = try await python("resume", server, certificates, nil)
                #expect(unknown == Self.resumed(as: "nobody"))
                let strange = (certificates.strangerFile, certificates.strangerKeyFile)
                let refused = try await python("resume", server, certificates, strange)
                #expect(refused.contains("alert unknown ca"))
            }
        }
    }

    @Test func pythonResumesWithItsSubject() async throws {
        try await TestCertificates.use { certificates in
            try await TestServer.run(
                try configuration(certificates, mutual: .required), router: Self.subjectRouter
            ) { server in
                let own = (certificates.clientFile, certificates.clientKeyFile)
                let known = try await python("resume", server, certificates, own)
                #expect(known == Self.resumed(as: #"CN=gateway-7,O=Acme\, Inc."#))
                let refused = try await python("resume", server, certificates, nil)
                #expect(refused.contains("alert handshake failure"))
            }
        }
    }

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func opensslResumes(version: String) async throws {
        try await TestCertificates.use { certificates in
            var configuration = try configuration(certificates)
            // openssl stays for the ticket until the server, which waits for a Hello, has enough.
            configuration.limits.helloTimeout = .seconds(4)
            try await TestServer.run(configuration) { server in
                let file = certificates.folder.appendingPathComponent("session.pem").path
                let first = try await openssl(
                    server, certificates, version, "-ign_eof", "-sess_out", file)
                #expect(first.contains("New, TLS"))
                let second = try await openssl(
                    server, certificates, version, "-ign_eof", "-sess_in", file)
                #expect(second.contains("Reused, TLS"))
                #expect(second.contains("lifetime hint: 7200"))
                #expect(!second.contains("Max Early Data: 16"))
            }
        }
    }

    @Test func keysMayBeUpdatedAndNothingRenegotiated() async throws {
        try await TestCertificates.use { certificates in
            try await TestServer.run(try configuration(certificates)) { server in
                let outcome = try await python("update", server, certificates, nil)
                #expect(outcome == "all is well\n")
            }
        }
    }

    private static let subjectRouter = {
        var router = RPCRouter()
        router.register(Echo.self) { _, context in
            TextMessage(context.peer.tlsSubject ?? "nobody")
        }
        return router
    }()

    /// What `tls_peer.py` prints of connections that are resumed in both versions.
    private static func resumed(as subject: String) -> String {
        ["TLSv1.2", "TLSv1.3"].map { "\($0) full \(subject) resumed \(subject)\n" }.joined()
    }

    /// Runs one scenario of `tls_peer.py`.
    private func python(
        _ scenario: String, _ server: RunningServer, _ certificates: TestCertificates,
        _ own: (certificate: String, key: String)?
    ) async throws -> String {
        try await CommandLineTool.run(
            [
                "python3", ProjectFolder.root + "/Tests/TestSupport/Fixtures/tls_peer.py", scenario,
                server.address, certificates.authorityFile,
            ] + (own.map { [$0.certificate, $0.key] } ?? [])
        ).output
    }

    // MARK: Our own client

    private func call(
        _ server: RunningServer, _ security: TallyClientConfiguration.Security,
        host: String = "127.0.0.1"
    ) async -> String {
        let port = server.address.split(separator: ":").last ?? ""
        let client = Client(
            configuration: TallyClientConfiguration(
                address: "\(host):\(port)", security: security))
        let outcome: String
        do {
            outcome = try await client.call(Echo.self, TextMessage("secret")).text
        } catch {
            outcome = (error as? TallyError).map { "\($0.reason) \($0.message)" } ?? "\(error)"
        }
        await client.close()
        return outcome
    }

    @Test func ourClientVerifiesAuthorityAndName() async throws {
        try await TestCertificates.use { certificates in
            try await TestServer.run(try configuration(certificates)) { server in
                let trusted = TallyClientConfiguration.Security.tls(
                    authorityFile: certificates.authorityFile)
                #expect(await call(server, trusted) == "secret")
                #expect(await call(server, trusted, host: "localhost") == "secret")
                let foreign = TallyClientConfiguration.Security.tls(
                    authorityFile: certificates.strangerFile)
                #expect(await call(server, foreign).contains("TLS_FAILED"))
                let misnamed = TallyClientConfiguration.Security.tls(
                    authorityFile: certificates.authorityFile, serverName: "tally.example.com")
                #expect(await call(server, misnamed).contains("hostname mismatch"))
                let wrongAddress = TallyClientConfiguration.Security.tls(
                    authorityFile: certificates.authorityFile, serverName: "127.0.0.2")
                #expect(await call(server, wrongAddress).contains("IP address mismatch"))
            }
        }
    }

    @Test func mutualTLSAdmitsOnlyTheAuthoritysClients() async throws {
        try await TestCertificates.use { certificates in
            try await TestServer.run(
                try configuration(certificates, mutual: .required), router: Self.subjectRouter
            ) { server in
                let known = TallyClientConfiguration.Security.tls(
                    authorityFile: certificates.authorityFile,
                    certificateFile: certificates.clientFile,
                    privateKeyFile: certificates.clientKeyFile)
                #expect(await call(server, known) == #"CN=gateway-7,O=Acme\, Inc."#)
                let stranger = TallyClientConfiguration.Security.tls(
                    authorityFile: certificates.authorityFile,
                    certificateFile: certificates.strangerFile,
                    privateKeyFile: certificates.strangerKeyFile)
                let refused =
                    "TLS_FAILED TLS with the server failed: The peer refused our certificate"
                #expect(await call(server, stranger).hasPrefix(refused))
                let anonymous = TallyClientConfiguration.Security.tls(
                    authorityFile: certificates.authorityFile)
                #expect(await call(server, anonymous).hasPrefix(refused))
            }
        }
    }

    @Test func handlersSeeTheNamesOfTheirPeersCertificate() async throws {
        var router = RPCRouter()
        router.register(Echo.self) { _, context in
            TextMessage(context.peer.tlsNames.map { "\($0)" }.joined(separator: " "))
        }
        let handlers = router
        try await TestCertificates.use { certificates in
            let files = try await certificates.makeClient(
                "client-8", alternativeNames: "DNS:gw.example.com,URI:spiffe://example.com/gw")
            try await TestServer.run(
                try configuration(certificates, mutual: .required), router: handlers
            ) { server in
                let security = TallyClientConfiguration.Security.tls(
                    authorityFile: certificates.authorityFile, certificateFile: files.certificate,
                    privateKeyFile: files.key)
                let names = await call(server, security)
                #expect(names == #"dns("gw.example.com") uri("spiffe://example.com/gw")"#)
            }
        }
    }

    @Test(.rule(10)) func handshakeThatTakesTooLongFails() async throws {
        try await TestCertificates.use { certificates in
            var configuration = try configuration(certificates)
            configuration.limits.helloTimeout = .milliseconds(20)
            let log = LogRecorder()
            try await TestServer.run(configuration, log: log) { server in
                let peer = try await RawPeer.connect(to: server.address)
                #expect(await peer.next() == nil)
            }
            // Without its own limit, that of Hello would end the connection too, much later.
            #expect(log.lines.contains { $0.contains("The TLS handshake took too long") })
        }
    }

    @Test(.rule(10)) func onePeerTooManyIsToldSoThroughTLS() async throws {
        try await TestCertificates.use { certificates in
            var configuration = try configuration(certificates)
            configuration.limits.connectionCountPerAddressMax = 1
            try await TestServer.run(configuration) { server in
                let security = TallyClientConfiguration.Security.tls(
                    authorityFile: certificates.authorityFile)
                let first = Client(
                    configuration: TallyClientConfiguration(
                        address: server.address, security: security))
                _ = try await first.call(Echo.self, TextMessage())
                #expect(await call(server, security).contains("TOO_MANY_CONNECTIONS"))
                await first.close()
            }
        }
    }

    @Test(.rule(9)) func drainReachesPeersThroughTLS() async throws {
        let signals = TestSignals()
        try await TestCertificates.use { certificates in
            try await TestServer.run(
                try configuration(certificates), router: TestServer.router(signals)
            ) { server in
                let client = Client(
                    configuration: TallyClientConfiguration(
                        address: server.address,
                        security: .tls(authorityFile: certificates.authorityFile)))
                try await withThrowingTaskGroup(of: String.self) { group in
                    let text = String(repeating: "x", count: 900_000)
                    group.addTask { try await client.call(Wait.self, TextMessage(text)).text }
                    await signals.waitStarted.wait()
                    await server.drain()
                    signals.waitReleased.open()
                    let answer = try await group.next()
                    #expect(answer == text)
                }
                await client.close()
            }
        }
    }

    @Test func plaintextToATLSPortIsNoCall() async throws {
        try await TestCertificates.use { certificates in
            try await TestServer.run(try configuration(certificates)) { server in
                let peer = try await RawPeer.connect(to: server.address)
                try await peer.hello()
                #expect(await peer.next() == nil)
            }
        }
    }
}
