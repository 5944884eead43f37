import Foundation

/// Looks through all memory of another process that can be read, as a dump of it would show it.
enum MemoryScan {
    /// Bytes read at once.
    private static let window = 1 << 20

    /// Which of the texts stand somewhere in the process's memory, each with where it was seen first: the kind of
    /// memory and what stands around it.
    /// - Throws: where it may not be read; only a parent of the process, or root, may.
    static func find(_ texts: [String], in process: Int32) throws -> [String: String] {
        let memory = open("/proc/\(process)/mem", O_RDONLY)
        guard memory >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(memory) }
        let needles = texts.map { Array($0.utf8) }
        let overlap = needles.map(\.count).max() ?? 0
        var found: [String: String] = [:]
        var bytes = [UInt8](repeating: 0, count: window)
        for (span, name) in try spans(of: process) {
            var from = span.lowerBound
            while from < span.upperBound {
                let size = min(window, Int(span.upperBound - from))
                let count = pread(memory, &bytes, size, off_t(from))
                // Gone meanwhile, or the kernel's own.
                guard count > 0 else { break }
                for (text, needle) in zip(texts, needles)
                where found[text] == nil {
                    guard let at = position(of: needle, in: bytes, count) else { continue }
                    let around = bytes[max(0, at - 160)..<min(count, at + 96)].map { byte in
                        (0x20..<0x7F).contains(byte) ? Character(Unicode.Scalar(byte)) : "·"
                    }
                    found[text] = "\(name): \(String(around))"
                }
                // What lies across two windows is seen by the second.
                from += UInt64(
                    count == size && count > overlap && size == window
                        ? count - overlap : count)
            }
        }
        return found
    }

    /// By the first byte of what is looked for, which should be a rare one.
    private static func position(
        of needle: [UInt8], in bytes: [UInt8], _ count: Int
    ) -> Int? {
        bytes.withUnsafeBytes { memory in
            guard let start = memory.baseAddress, let first = needle.first else { return nil }
            var at = 0
            while count - at >= needle.count,
                let hit = memchr(start + at, Int32(first), count - at - needle.count + 1)
            {
                let found = UnsafeRawPointer(hit) - start
                if memcmp(hit, needle, needle.count) == 0 { return found }
                at = found + 1
            }
            return nil
        }
    }

    private static func spans(
        of process: Int32
    ) throws -> [(span: Range<UInt64>, name: String)] {
        let maps = try String(contentsOfFile: "/proc/\(process)/maps", encoding: .utf8)
        return maps.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count >= 2, fields[1].hasPrefix("r"), !line.hasSuffix("[vsyscall]"),
                !line.hasSuffix("[vvar]")
            else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            // Addresses of the kernel's half are not of the process.
            guard ends.count == 2, ends[0] < ends[1], ends[1] <= 1 << 47 else { return nil }
            return (ends[0]..<ends[1], fields.count > 5 ? String(fields[5]) : "anonymous")
        }
    }
}
