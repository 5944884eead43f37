import COpenSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A command for the system's shell, of whose output something secret is read.
///
/// It gets the program's environment without the program's own settings, which hold passwords and
/// keys. What it started, and it itself when its time is over, is killed: it ends with the shell.
struct ShellCommand {
    let text: String
    let byteCountMax: Int
    let timeout: Duration

    private static let ownSettings = "TALLY_"

    enum Failure: Error, Hashable {
        /// As `errno` has it.
        case notStarted(Int32)
        /// As `wait` gives it.
        case ended(status: Int32)
        case tooSlow
    }

    /// What it wrote to its standard output, as far as it is wanted; the caller wipes it.
    func output() throws(Failure) -> [UInt8] {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw .notStarted(errno) }
        let (reading, writing) = (ends[0], ends[1])
        _ = fcntl(reading, F_SETFD, FD_CLOEXEC)
        let started = start(writingTo: writing)
        close(writing)
        let process: pid_t
        do {
            process = try started.get()
        } catch {
            close(reading)
            throw error
        }
        let deadline = ContinuousClock.now + timeout
        var bytes = [UInt8](repeating: 0, count: byteCountMax)
        defer { OPENSSL_cleanse(&bytes, bytes.count) }
        let count = Self.read(reading, into: &bytes, of: process, until: deadline)
        // Whoever writes more than is wanted ends, instead of waiting to be read.
        close(reading)
        guard let status = Self.end(of: process, until: deadline) else { throw .tooSlow }
        guard status == 0 else { throw .ended(status: status) }
        return Array(bytes[..<count])
    }

    private func start(writingTo output: Int32) -> Result<pid_t, Failure> {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        if output != STDOUT_FILENO { posix_spawn_file_actions_addclose(&actions, output) }
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own, so that what it starts ends with it.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        let texts: [String] = ["sh", "-c", text]
        let words: [UnsafeMutablePointer<CChar>?] = texts.map { word in strdup(word) } + [nil]
        defer { words.forEach { free($0) } }
        var process: pid_t = 0
        let result = posix_spawn(
            &process, "/bin/sh", &actions, &attributes, words, Self.environment)
        return result == 0 ? .success(process) : .failure(.notStarted(result))
    }

    /// The environment's own strings, which nobody frees.
    private static var environment: [UnsafeMutablePointer<CChar>?] {
        var kept: [UnsafeMutablePointer<CChar>?] = []
        guard var next = tally_environment() else { return [nil] }
        while let entry = next.pointee {
            if strncmp(entry, ownSettings, ownSettings.utf8.count) != 0 { kept.append(entry) }
            next += 1
        }
        return kept + [nil]
    }

    /// How many bytes were read, until the end, until `bytes` is full, until the command has ended and
    /// nothing is left of what it wrote, or until the deadline.
    private static func read(
        _ descriptor: Int32, into bytes: inout [UInt8], of process: pid_t,
        until deadline: ContinuousClock.Instant
    ) -> Int {
        bytes.withUnsafeMutableBytes { buffer in
            var count = 0
            while count < buffer.count {
                // What it left running may keep the other end open for as long as it likes.
                let isOver = hasEnded(process)
                let wait =
                    isOver ? 0 : min(endsLookedForMilliseconds, milliseconds(until: deadline))
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                let ready = poll(&waiting, 1, wait)
                if ready < 0 && errno == EINTR { continue }
                if ready == 0 && !isOver && ContinuousClock.now < deadline { continue }
                guard ready > 0 else { break }
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
                #if canImport(Darwin)
                    let step = Darwin.read(descriptor, rest.baseAddress, rest.count)
                #elseif canImport(Musl)
                    let step = Musl.read(descriptor, rest.baseAddress, rest.count)
                #else
                    let step = Glibc.read(descriptor, rest.baseAddress, rest.count)
                #endif
                if step < 0 && errno == EINTR { continue }
                guard step > 0 else { break }
                count += step
            }
            return count
        }
    }

    /// How the command ended; nil where it was killed, since its time was over.
    private static func end(
        of process: pid_t, until deadline: ContinuousClock.Instant
    ) -> Int32? {
        var status: Int32 = 0
        // There is no wait with a limit of time.
        while !hasEnded(process) && ContinuousClock.now < deadline { poll(nil, 0, 5) }
        let isInTime = hasEnded(process)
        // While it is not waited for, nobody else has its number.
        kill(-process, SIGKILL)
        while waitpid(process, &status, 0) < 0 {
            if errno != EINTR { return -1 }
        }
        return isInTime ? status : nil
    }

    /// How long it takes at most to see that the command has ended, where its output has not.
    private static let endsLookedForMilliseconds: Int32 = 20

    /// Whether the command has ended; it can be waited for afterwards, too.
    private static func hasEnded(_ process: pid_t) -> Bool {
        var information = siginfo_t()
        let result = waitid(
            P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT)
        return result != 0 || information.si_signo == SIGCHLD
    }

    private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let left = max(.zero, deadline - ContinuousClock.now).components
        let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
        return Int32(clamping: milliseconds)
    }
}
