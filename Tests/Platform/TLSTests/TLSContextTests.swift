import TestSupport
import Testing

@testable import TLS

struct TLSContextTests {
    @Test func unusableFilesAreNamed() async throws {
        try await TestCertificates.use { certificates in
            func make(certificate: String, key: String, authority: String? = nil) throws {
                _ = try TLSContextSource(
                    files: TLSServerFiles(
                        certificateFile: certificate, privateKeyFile: key,
                        clientAuthorityFile: authority), protocolName: "tally/1")
            }
            func path(of body: () throws -> Void) -> String? {
                do {
                    try body()
                    return nil
                } catch {
                    guard case .file(let path, _) = error as? TLSError else { return "other" }
                    return path
                }
            }
            let (server, key) = (certificates.serverFile, certificates.serverKeyFile)
            #expect(path { try make(certificate: server, key: key) } == nil)
            #expect(path { try make(certificate: "/none", key: key) } == "/none")
            #expect(path { try make(certificate: key, key: key) } == key)
            // A key that is not the certificate's.
            let other = certificates.clientKeyFile
            #expect(path { try make(certificate: server, key: other) } == other)
            #expect(
                path { try make(certificate: server, key: key, authority: "/none") } == "/none")
            // A file without a certificate.
            #expect(path { try make(certificate: server, key: key, authority: key) } == key)
        }
    }
}
