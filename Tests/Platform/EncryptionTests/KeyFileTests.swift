import Encryption
import Foundation
import Testing

@Suite struct KeyFileTests {
    let folder = FileManager.default.temporaryDirectory.appending(
        path: "tallystick-keys-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    private func withFile<Result>(
        _ content: [UInt8], mode: Int = 0o600, _ body: (String) throws -> Result
    ) throws -> Result {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "key").path
        try Data(content).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return try body(path)
    }

    private func problem(_ content: String, mode: Int = 0o600) throws -> KeyFileError.Problem? {
        try withFile(Array(content.utf8), mode: mode) { path in
            do {
                _ = try KeyFile.load(path)
                return nil
            } catch let error as KeyFileError {
                return error.problem
            }
        }
    }

    @Test func filesMadeByOpenSSLAreRead() throws {
        let made = try OpenSSLProgram.run(["rand", "-base64", "32"])
        let raw = try #require(
            Data(base64Encoded: String(decoding: made.dropLast(), as: UTF8.self)))
        try withFile(made, mode: 0o440) { path in
            _ = try MasterKey.load(file: path)
            var bytes = Array(raw)
            let expected = KeyedHash(key: SecretKey(consuming: &bytes))
            #expect(try KeyedHash.load(file: path).hash([1]) == expected.hash([1]))
        }
    }

    @Test func filesThatOthersCanReadAreRefused() throws {
        let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
        try withFile(Array(key.utf8), mode: 0o604) { path in
            let error = #expect(throws: KeyFileError.self) { try KeyFile.load(path) }
            #expect(error?.problem == .openToOthers)
            #expect(error?.description.hasSuffix("Run: chmod 600 \(path)") == true)
        }
    }

    @Test(
        arguments: [
            (0o600, nil), (0o400, nil), (0o640, nil),
            (0o644, .openToOthers), (0o660, .openToOthers), (0o601, .openToOthers),
        ] as [(Int, KeyFileError.Problem?)])
    func modesDecide(mode: Int, expected: KeyFileError.Problem?) throws {
        let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
        #expect(try problem(key, mode: mode) == expected)
    }

    @Test(arguments: [
        "", "\n", "AAAA", "not base64 at all, but rather long: 44 bytes",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=",
        "=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        String(repeating: "A", count: 5000),
    ])
    func otherContentIsRefused(content: String) throws {
        #expect(try problem(content) == .notAKey)
    }

    @Test func missingFilesAndFoldersAreNamed() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let missing = folder.appending(path: "none").path
        let error = #expect(throws: KeyFileError.self) { try KeyFile.load(missing) }
        #expect(error?.description.contains("openssl rand -base64 32 > \(missing)") == true)
        let other = #expect(throws: KeyFileError.self) { try KeyFile.load(folder.path) }
        #expect(other?.problem == .notAFile)
    }
}
