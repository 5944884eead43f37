import NIOCore
import TestSupport
import Testing

@testable import TLS

/// What a server learns of the names in its clients' certificates.
@Suite(.section(.transport))
struct AlternativeNameTests {
    /// What the server was told of a client with a certificate of these names, on a first connection
    /// and on one that resumes.
    private func told(_ alternativeNames: String?) async throws -> [[TLSAlternativeName]] {
        try await TestCertificates.use { certificates in
            let files = try await certificates.makeClient(
                "client-8", alternativeNames: alternativeNames)
            let source = try TLSContextSource(
                files: certificates.serverFiles(clients: .required), protocolName: "tally/1")
            let client = try TLSContext.client(
                authorityFile: certificates.authorityFile, certificateFile: files.certificate,
                privateKeyFile: files.key, protocolName: "tally/1")
            return try [false, true].map { isResumed in
                let pair = try TLSPair.handshake(client: client, server: source.context)
                let completed = pair.serverReceiver.completed
                #expect(completed?.isResumed == isResumed)
                #expect(completed?.peerSubject == "CN=client-8")
                pair.client.close(mode: .all, promise: nil)
                try pair.exchange()
                return completed?.peerNames ?? []
            }
        }
    }

    @Test func namesOfTheCertificateAreTold() async throws {
        let names = try await told(
            "URI:spiffe://example.com/gateway,DNS:gw.example.com,IP:192.0.2.7,"
                + "email:ops@example.com,DNS:*.example.com")
        let expected: [TLSAlternativeName] = [
            .uri("spiffe://example.com/gateway"), .dns("gw.example.com"),
            .email("ops@example.com"), .dns("*.example.com"),
        ]
        #expect(names == [expected, expected])
    }

    @Test func certificateWithoutNamesHasNone() async throws {
        #expect(try await told(nil) == [[], []])
    }

    /// "gw", a zero byte and ".example.com" is not gw to anybody; nor are a space or "é" names.
    @Test func namesThatAreNotVisibleASCIIAreLeftOut() async throws {
        let names = try await told(
            "DER:30:14:82:03:67:00:77:86:02:C3:A9:81:03:61:20:62:82:00:82:02:6F:6B")
        #expect(names == [[.dns("ok")], [.dns("ok")]])
    }

    @Test func onlyTheFirstHundredNamesAreTold() async throws {
        let many = (1...101).map { "DNS:n\($0).example.com" }.joined(separator: ",")
        let names = try await told(many)
        #expect(names.map(\.count) == [100, 100])
        #expect(names.first?.last == .dns("n100.example.com"))
    }

    /// A certificate that the server did not ask for, or did not verify, names nobody.
    @Test func clientWithoutACertificateHasNoNames() async throws {
        try await TestCertificates.use { certificates in
            let source = try TLSContextSource(
                files: certificates.serverFiles(), protocolName: "tally/1")
            let pair = try TLSPair.handshake(
                client: certificates.clientContext(), server: source.context)
            #expect(pair.serverReceiver.completed?.peerSubject == nil)
            #expect(pair.serverReceiver.completed?.peerNames == [])
            // The server's own are the client's to know.
            #expect(pair.clientReceiver.completed?.peerNames == [.dns("localhost")])
        }
    }
}
