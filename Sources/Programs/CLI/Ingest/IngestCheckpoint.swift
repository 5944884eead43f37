import API
import Foundation

/// How much of a file the server has acknowledged, kept beside it so that a later run goes on there.
struct IngestCheckpoint: Equatable {
    /// Everything before this offset was acknowledged, or told to be no event.
    var byteCount: Int
    /// Number of the line that begins there.
    var line: Int
    /// Hash of the bytes at the file's start, to notice another file under the same name.
    var fingerprint: String

    /// Bytes at the start that the fingerprint covers.
    static let fingerprintByteCount = 65_536

    init(byteCount: Int, line: Int, fingerprint: String) {
        self.byteCount = byteCount
        self.line = line
        self.fingerprint = fingerprint
    }

    /// Reads a checkpoint; nil where there is none, or one that says nothing.
    init?(text: String) {
        guard let json = try? JSONValue(parsing: text),
            case .number(let bytes) = json["acknowledged_bytes"], let byteCount = Int(bytes),
            case .number(let number) = json["next_line"], let line = Int(number),
            case .string(let fingerprint) = json["fingerprint"], byteCount >= 0, line >= 1
        else { return nil }
        self.init(byteCount: byteCount, line: line, fingerprint: fingerprint)
    }

    var text: String {
        JSONValue.object([
            .init("acknowledged_bytes", .number(String(byteCount))),
            .init("next_line", .number(String(line))),
            .init("fingerprint", .string(fingerprint)),
        ]).text() + "\n"
    }

    /// FNV-1a of the file's first bytes, at most those that were acknowledged: the file may have
    /// grown since.
    static func fingerprint(of start: some Collection<UInt8>, byteCount: Int) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in start.prefix(min(byteCount, fingerprintByteCount)) {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
        return String(hash, radix: 16)
    }

    /// Whether the file is the one that this was written for, only longer.
    func fits(start: some Collection<UInt8>, fileByteCount: Int) -> Bool {
        byteCount <= fileByteCount
            && fingerprint == Self.fingerprint(of: start, byteCount: byteCount)
    }

    func write(to file: URL) throws {
        try Data(text.utf8).write(to: file, options: .atomic)
    }
}
