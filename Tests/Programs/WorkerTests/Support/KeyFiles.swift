import Foundation
import Synchronization
import TestSupport

/// Key files as operators keep them.
enum KeyFiles {
    static func write(_ path: String) throws {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &random) }
        _ = FileManager.default.createFile(
            atPath: path, contents: Data(Data(bytes).base64EncodedString().utf8),
            attributes: [.posixPermissions: 0o600])
    }

    static func remove(_ path: String) throws {
        try FileManager.default.removeItem(atPath: path)
    }
}

/// Collects what a webhook is sent.
final class NoticeBox: Sendable {
    private let requests = Mutex<[StubHTTPServer.Request]>([])

    func append(_ request: StubHTTPServer.Request) {
        requests.withLock { $0.append(request) }
    }

    var all: [StubHTTPServer.Request] { requests.withLock { $0 } }
    var bodies: [String] { all.map { String(decoding: $0.body, as: UTF8.self) } }
}
