import Foundation

/// A PostgreSQL server of the tests' own: its data in a temporary folder, a Unix socket, no TCP port.
///
/// It goes away with `stop()`, or with the process that started it, however that ends: a shell
/// holds the other end of a pipe and stops the server when the pipe closes.
package final class ScratchCluster: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Folder of the data, the socket and the log.
    package let directory: String
    private let process: Process
    private let lifeline: FileHandle
    private let answers: FileHandle

    private init(
        directory: String, process: Process, lifeline: FileHandle, answers: FileHandle
    ) {
        self.directory = directory
        self.process = process
        self.lifeline = lifeline
        self.answers = answers
    }

    /// Connection string of the superuser for a database.
    package func url(database: String = "postgres") -> String {
        "postgresql://postgres@/\(database)?host=\(directory)"
    }

    /// Makes and starts a server.
    /// - Parameter settings: more settings of the server, such as `max_connections=20`.
    package static func start(settings: [String] = []) throws -> ScratchCluster {
        let binaries = try serverPrograms()
        // Short: the path of a socket may have 107 bytes.
        let directory = "/tmp/tally-pg-\(UUID().uuidString.prefix(8).lowercased())"
        let user = unprivilegedUser()
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755])
        if let user {
            guard chown(directory, user.id, user.group) == 0 else {
                throw Failure(description: "cannot give \(directory) to the server's user")
            }
        }
        let options = (defaultSettings + settings).map { "-c \($0)" }.joined(separator: " ")
        let script = """
            trap '' INT TERM HUP
            export LC_ALL=C
            '\(binaries)/initdb' -D '\(directory)/data' -U postgres --auth=trust -E UTF8 \
            --locale=C --no-sync > '\(directory)/log' 2>&1 || { echo failed; exit 1; }
            start() {
                '\(binaries)/pg_ctl' start -w -t "$1" -D '\(directory)/data' -l '\(directory)/log' \
                    -o "-k '\(directory)' \(options)" > /dev/null 2>&1
            }
            start 60 || { echo failed; exit 1; }
            echo ready
            while read -r command; do
                answer=failed
                # What died holds its memory until the last of its processes has noticed.
                for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
                    start 10 && { answer=ready; break; }
                    sleep 0.5
                done
                echo "$answer"
            done
            '\(binaries)/pg_ctl' stop -m immediate -D '\(directory)/data' > /dev/null 2>&1
            rm -rf '\(directory)'
            """
        let process = Process()
        let command = user.map(\.command) ?? []
        let words = command + ["/bin/sh", "-c", script]
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: "/tmp")
        let input = Pipe()
        let output = Pipe()
        // No other child may keep the pipe open.
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let answer = output.fileHandleForReading.availableData
        guard String(decoding: answer, as: UTF8.self).hasPrefix("ready") else {
            let log = FileManager.default.contents(atPath: directory + "/log") ?? Data()
            throw Failure(
                description: "PostgreSQL did not start: \(String(decoding: log, as: UTF8.self))")
        }
        return ScratchCluster(
            directory: directory, process: process, lifeline: input.fileHandleForWriting,
            answers: output.fileHandleForReading)
    }

    /// SIGKILL to the server's first process, which the others do not outlive.
    package func crash() throws {
        let text = try String(contentsOfFile: directory + "/data/postmaster.pid", encoding: .utf8)
        guard let pid = text.split(separator: "\n").first.flatMap({ pid_t($0) }),
            kill(pid, SIGKILL) == 0
        else { throw Failure(description: "the server does not run") }
    }

    /// Starts the server again with what is on disk, and waits for it.
    package func startAgain() async throws {
        try lifeline.write(contentsOf: Data("start\n".utf8))
        // The answer takes as long as the recovery, for which no thread of tasks must wait.
        let answer = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(returning: self.answers.availableData)
            }
        }
        guard String(decoding: answer, as: UTF8.self).hasPrefix("ready") else {
            throw Failure(description: "PostgreSQL did not start again")
        }
    }

    /// Stops the server and removes its folder.
    package func stop() throws {
        try lifeline.close()
        process.waitUntilExit()
    }

    /// Without `fsync` a commit outlives the death of a process, though not of the machine.
    private static let defaultSettings = [
        "listen_addresses=", "unix_socket_permissions=0777", "max_connections=400",
        "shared_buffers=64MB", "fsync=off", "full_page_writes=off", "autovacuum=off",
        "max_wal_size=2GB",
    ]

    /// Folder of the server's programs: `TALLY_POSTGRESQL_BIN`, the newest of Debian's, what
    /// `pg_config` says, or the path.
    package static func serverPrograms() throws -> String {
        var candidates: [String] = []
        let environment = ProcessInfo.processInfo.environment
        if let named = environment["TALLY_POSTGRESQL_BIN"] { candidates.append(named) }
        let debian = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
        for version in versions.compactMap({ Int($0) }).sorted(by: >) {
            candidates.append("\(debian)/\(version)/bin")
        }
        if let configured = output(of: ["pg_config", "--bindir"]) { candidates.append(configured) }
        candidates += (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        for candidate in candidates
        where FileManager.default.isExecutableFile(atPath: candidate + "/initdb") {
            return candidate
        }
        throw Failure(
            description: "no PostgreSQL server found; install it or set TALLY_POSTGRESQL_BIN")
    }

    private struct User {
        let id: uid_t
        let group: gid_t
        /// Words that run a command as this user.
        let command: [String]
    }

    /// PostgreSQL refuses to run as root; nil where nobody else is needed.
    private static func unprivilegedUser() -> User? {
        guard getuid() == 0, let entry = getpwnam("postgres") ?? getpwnam("nobody") else {
            return nil
        }
        let (id, group) = (entry.pointee.pw_uid, entry.pointee.pw_gid)
        return User(
            id: id, group: group,
            command: ["setpriv", "--reuid=\(id)", "--regid=\(group)", "--clear-groups"])
    }

    private static func output(of words: [String]) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { return nil }
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
