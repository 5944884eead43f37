#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a key file was refused, with what to do about it. It names the file, never its content.
package struct KeyFileError: Error, Hashable, Sendable {
    /// What is wrong with the file.
    package enum Problem: Hashable, Sendable {
        case unreadable(errno: Int32)
        case notAFile
        /// Users other than the owner may read it, or the group may write it.
        case openToOthers
        case notAKey
    }

    package let path: String
    package let problem: Problem
}

extension KeyFileError: CustomStringConvertible {
    package var description: String {
        switch problem {
        case .unreadable(let errno) where errno == ENOENT:
            "There is no key file \(path). Make one: (umask 077; openssl rand -base64 32 > \(path))"
        case .unreadable(let errno):
            "The key file \(path) cannot be read: \(String(cString: strerror(errno)))."
        case .notAFile:
            "\(path) is not a regular file, so it is not taken as a key file."
        case .openToOthers:
            "Others can read or change the key file \(path). Run: chmod 600 \(path)"
        case .notAKey:
            "The key file \(path) must hold one line: 32 bytes in base64, as made by "
                + "`openssl rand -base64 32`."
        }
    }
}
