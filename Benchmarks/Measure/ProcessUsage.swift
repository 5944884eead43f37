import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What Linux says of another process of ours, in `/proc`.
package struct ProcessUsage: Sendable {
    /// Why there is nothing to say.
    package struct Unreadable: Error, CustomStringConvertible {
        let file: String

        package var description: String { "\(file) does not say what was expected of it" }
    }

    private let pid: Int32

    package init(pid: Int32) {
        self.pid = pid
    }

    /// CPU time of all its threads so far, in user and system mode, in seconds; it counts in clock
    /// ticks, which are 10 ms.
    package func cpuSeconds() throws -> Double {
        let file = "/proc/\(pid)/stat"
        let text = try Self.text(of: file)
        // The second field is a name in parentheses that may hold anything.
        guard let end = text.lastIndex(of: ")") else { throw Unreadable(file: file) }
        let fields = text[text.index(after: end)...].split(separator: " ")
        // Fields 14 and 15 of proc(5): `utime` and `stime`; the first here is field 3.
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { throw Unreadable(file: file) }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Memory in RAM now, in bytes.
    package func residentByteCount() throws -> Int {
        try status("VmRSS:")
    }

    /// The most memory it ever had in RAM, in bytes.
    package func residentByteCountMax() throws -> Int {
        try status("VmHWM:")
    }

    private func status(_ key: String) throws -> Int {
        let file = "/proc/\(pid)/status"
        for line in try Self.text(of: file).split(separator: "\n") where line.hasPrefix(key) {
            let words = line.split { $0 == " " || $0 == "\t" }
            guard words.count == 3, words[2] == "kB", let count = Int(words[1]) else { break }
            return count * 1024
        }
        throw Unreadable(file: file)
    }

    private static func text(of file: String) throws -> String {
        try String(contentsOfFile: file, encoding: .utf8)
    }
}
