package import Foundation

/// An authority, a server and a client that it vouches for, and one it does not know, as PEM files
/// in a folder of their own.
package struct TestCertificates: Sendable {
    package let folder: URL

    package var authorityFile: String { path("authority.pem") }
    /// Names localhost and 127.0.0.1.
    package var serverFile: String { path("server.pem") }
    package var serverKeyFile: String { path("server.key") }
    package var clientFile: String { path("client.pem") }
    package var clientKeyFile: String { path("client.key") }
    /// Vouches for nobody here.
    package var strangerFile: String { path("stranger.pem") }
    package var strangerKeyFile: String { path("stranger.key") }

    /// Makes new ones for `body` and removes them afterwards.
    package static func use<Result>(
        _ body: (TestCertificates) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("tally-certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let certificates = TestCertificates(folder: folder)
        try await certificates.make("authority", subject: "/CN=Test authority", signed: false)
        try await certificates.make("stranger", subject: "/CN=Stranger", signed: false)
        try await certificates.make("server", subject: "/CN=server", signed: true)
        try await certificates.make("client", subject: "/O=Acme, Inc./CN=gateway-7", signed: true)
        return try await body(certificates)
    }

    /// Another client that the authority vouches for.
    /// - Parameter alternativeNames: What its certificate names, in openssl's words; nil for
    ///   nothing.
    /// - Returns: Its files.
    package func makeClient(
        _ name: String, alternativeNames: String?
    ) async throws -> (certificate: String, key: String) {
        try await make(
            name, subject: "/CN=\(name)", signed: true, alternativeNames: alternativeNames)
        return (path("\(name).pem"), path("\(name).key"))
    }

    private func make(
        _ name: String, subject: String, signed: Bool,
        alternativeNames: String? = "DNS:localhost,IP:127.0.0.1"
    ) async throws {
        var arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-noenc", "-days", "2", "-subj", subject, "-keyout", "\(name).key", "-out",
            "\(name).pem",
        ]
        if signed {
            arguments += [
                "-CA", "authority.pem", "-CAkey", "authority.key", "-addext",
                "basicConstraints=critical,CA:FALSE",
            ]
            if let alternativeNames {
                arguments += ["-addext", "subjectAltName=\(alternativeNames)"]
            }
        }
        let outcome = try await CommandLineTool.run(arguments, in: folder)
        guard outcome.status == 0 else { throw ToolFailed(output: outcome.output) }
    }

    private func path(_ name: String) -> String {
        folder.appendingPathComponent(name).path
    }

    private struct ToolFailed: Error {
        let output: String
    }
}
