import Dispatch
import Foundation

/// What comes next of an input.
enum InputChunk: Sendable {
    case bytes([UInt8])
    /// Nothing for a while; more may come.
    case idle
    case end
}

/// Where an input's bytes come from.
protocol InputSource: Sendable {
    /// Waits for bytes; gives `.idle` after a while where `isIdleTold`.
    func next(isIdleTold: Bool) async throws -> InputChunk
}

/// A file of events, or standard input.
final class InputFile: InputSource {
    static let standardInput = "-"

    /// As given on the command line.
    let name: String
    /// Nil where it is no regular file.
    let byteCount: Int?
    private let descriptor: Int32
    /// Reading blocks, which a task must not do.
    private let queue = DispatchQueue(label: "tally.ingest.input")

    private static let chunkByteCount = 1 << 18
    /// A feed that pauses this long gets its last events sent.
    private static let idleMilliseconds: Int32 = 1000

    /// - Throws: `Failure` where there is no such file, or it may not be read.
    init(name: String) throws {
        self.name = name
        guard name != Self.standardInput else {
            descriptor = STDIN_FILENO
            byteCount = nil
            return
        }
        descriptor = open(name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(
                "\(name) cannot be opened: \(String(cString: strerror(errno))).",
                remedy: "Check its name and permissions.")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw Failure("\(name) is not a file.", remedy: "Name a file of events.")
        }
        byteCount = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }

    /// Goes on at an offset of a regular file.
    func seek(to offset: Int) throws {
        guard lseek(descriptor, off_t(offset), SEEK_SET) == offset else { throw failure() }
    }

    func next(isIdleTold: Bool) async throws -> InputChunk {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Result { try self.read(isIdleTold: isIdleTold) })
            }
        }
    }

    private func read(isIdleTold: Bool) throws -> InputChunk {
        var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if isIdleTold, poll(&ready, 1, Self.idleMilliseconds) == 0 { return .idle }
        let bytes = try [UInt8](unsafeUninitializedCapacity: Self.chunkByteCount) { buffer, count in
            repeat {
                count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            } while count < 0 && errno == EINTR
            guard count >= 0 else {
                count = 0
                throw failure()
            }
        }
        return bytes.isEmpty ? .end : .bytes(bytes)
    }

    /// Bytes of a regular file; fewer at its end.
    func bytes(at offset: Int, count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var part = [UInt8](repeating: 0, count: count - bytes.count)
            let partCount = pread(descriptor, &part, part.count, off_t(offset + bytes.count))
            if partCount < 0, errno == EINTR { continue }
            guard partCount >= 0 else { throw failure() }
            guard partCount > 0 else { break }
            bytes += part.prefix(partCount)
        }
        return bytes
    }

    /// The file's first bytes: they hold the header of CSV, and tell files apart.
    func top(upTo offset: Int = .max) throws -> [UInt8] {
        try bytes(at: 0, count: min(offset, 1 << 16))
    }

    /// Tells this file from others by its first bytes and those before an offset.
    /// - Returns: Nil where the file is shorter, or no line begins there.
    func fingerprint(upTo offset: Int) throws -> String? {
        let top = try top(upTo: offset)
        let tailStart = max(0, offset - 4096)
        let tail = try bytes(at: tailStart, count: offset - tailStart)
        guard tail.count == offset - tailStart else { return nil }
        if let byteCount, offset < byteCount, let last = tail.last, last != .lineFeed { return nil }
        // FNV-1a, 64 bits: it meets accidents only, since whoever could forge a file could as
        // well write the checkpoint.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for part in [top, tail] {
            for byte in part { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        return String(hash, radix: 16)
    }

    private func failure() -> Failure {
        Failure("\(name) cannot be read: \(String(cString: strerror(errno))).")
    }
}
