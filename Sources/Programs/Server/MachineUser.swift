import Foundation

/// Who runs a command on this machine, as the operators' audit log has it.
enum MachineUser {
    /// Such as `alice@db1`; `alice as tally@db1` where somebody who logged in as another user runs it.
    static var text: String {
        let user = name(of: geteuid())
        let login = login.map(name(of:)) ?? user
        return "\(login == user ? user : "\(login) as \(user)")@\(host)"
    }

    /// Who logged in, whatever user they have become since. The kernel keeps it, where it is told at all: containers
    /// and services have none.
    private static var login: uid_t? {
        guard let text = try? String(contentsOfFile: "/proc/self/loginuid", encoding: .utf8),
            let user = uid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), user != .max
        else { return nil }
        return user
    }

    /// The number where the machine has no name for it.
    private static func name(of user: uid_t) -> String {
        // More than any entry has.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) { text in
            var entry = passwd()
            var found: UnsafeMutablePointer<passwd>?
            guard let start = text.baseAddress,
                getpwuid_r(user, &entry, start, text.count, &found) == 0, found != nil,
                let name = entry.pw_name
            else { return "\(user)" }
            return String(cString: name)
        }
    }

    /// Without its domain where the machine does not say it: nobody is asked over the network.
    private static var host: String {
        // A host's name has at most 253 bytes.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            guard let start = text.baseAddress, gethostname(start, text.count - 1) == 0 else {
                return "unknown"
            }
            text[text.count - 1] = 0
            return String(cString: start)
        }
    }
}
