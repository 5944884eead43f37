import Foundation

/// Names this process among all that hold jobs, for people who look at the table of jobs.
enum LeaseOwner {
    /// Host, process and a random part, such as `worker-3/4711/9f02c6ab`: containers often have the
    /// same process id, and may have the same host name.
    static func thisProcess() -> String {
        let suffix = String(UInt32.random(in: .min ... .max), radix: 16)
        return "\(hostName)/\(ProcessInfo.processInfo.processIdentifier)/\(suffix)"
    }

    /// As the system calls itself; no name server is asked.
    private static var hostName: String {
        // POSIX: host names have at most 255 bytes. The last byte stays zero.
        var bytes = [CChar](repeating: 0, count: 256)
        guard gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown-host" }
        let name = bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: name, as: UTF8.self)
    }
}
