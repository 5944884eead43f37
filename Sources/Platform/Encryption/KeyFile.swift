import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keys that operators keep in files: one line, the base64 text of 32 bytes.
package enum KeyFile {
    private static let byteCountMax = 1024
    private static let base64ByteCount = 44

    /// Reads the key of the file at `path`, which nobody but its owner and group may read.
    package static func load(_ path: String) throws(KeyFileError) -> SecretKey {
        var text = try contents(of: path)
        guard let key = key(consuming: &text) else {
            throw KeyFileError(path: path, problem: .notAKey)
        }
        return key
    }

    /// The key of a text, which is wiped; nil where it is none.
    static func key(consuming text: inout [UInt8]) -> SecretKey? {
        defer { OPENSSL_cleanse(&text, text.count) }
        var count = text.count
        while count > 0, [UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains(text[count - 1]) {
            count -= 1
        }
        // EVP_DecodeBlock takes "=" and blanks anywhere, so the shape is checked first.
        guard count == base64ByteCount, text[count - 1] == UInt8(ascii: "="),
            text[..<(count - 1)].allSatisfy(isBase64Digit)
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: SecretKey.byteCount + 1)
        defer { OPENSSL_cleanse(&bytes, bytes.count) }
        guard EVP_DecodeBlock(&bytes, text, Int32(count)) == SecretKey.byteCount + 1,
            bytes.removeLast() == 0
        else { return nil }
        return SecretKey(consuming: &bytes)
    }

    /// The bytes of the file; its rights are read from the open descriptor, so they are its own.
    private static func contents(of path: String) throws(KeyFileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw KeyFileError(path: path, problem: .unreadable(errno: errno))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw KeyFileError(path: path, problem: .unreadable(errno: errno))
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw KeyFileError(path: path, problem: .notAFile)
        }
        guard status.st_mode & (S_IWGRP | S_IRWXO) == 0 else {
            throw KeyFileError(path: path, problem: .openToOthers)
        }
        var bytes = [UInt8](repeating: 0, count: byteCountMax)
        defer { OPENSSL_cleanse(&bytes, bytes.count) }
        let count = readAll(descriptor, into: &bytes)
        guard count >= 0 else {
            throw KeyFileError(path: path, problem: .unreadable(errno: errno))
        }
        return Array(bytes.prefix(count))
    }

    /// How many bytes were read, until the end or until `bytes` is full; -1 with `errno` set.
    private static func readAll(_ descriptor: Int32, into bytes: inout [UInt8]) -> Int {
        bytes.withUnsafeMutableBytes { buffer in
            var count = 0
            while count < buffer.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                let step = read(descriptor, rest.baseAddress, rest.count)
                if step < 0 && errno == EINTR { continue }
                guard step >= 0 else { return -1 }
                guard step > 0 else { break }
                count += step
            }
            return count
        }
    }

    private static func isBase64Digit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default:
            false
        }
    }
}
