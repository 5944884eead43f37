import Foundation
import Synchronization

/// A program of ours that runs as a process of its own, with its output in a file.
final class ChildProcess: Sendable {
    struct Output: Sendable {
        let status: Int32
        let standardOutput: String
        let standardError: String
    }

    private struct State {
        var status: Int32?
        var waiters: [CheckedContinuation<Int32, Never>] = []
    }

    let processID: Int32
    let outputFile: URL
    let errorFile: URL
    private let state = Mutex(State())

    private init(processID: Int32, outputFile: URL, errorFile: URL) {
        self.processID = processID
        self.outputFile = outputFile
        self.errorFile = errorFile
    }

    /// Where the build put our programs: beside the test bundle.
    static let programs = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()

    /// Starts `program` (a product's name, or a path) and does not wait for it.
    static func start(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
        input: URL? = nil, folder: URL
    ) throws -> ChildProcess {
        let process = Process()
        process.executableURL =
            program.contains("/") ? URL(filePath: program) : programs.appending(path: program)
        process.arguments = arguments
        process.currentDirectoryURL = folder
        var settings = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("TALLY_") }
        settings["TALLY_MUTANT"] = ProcessInfo.processInfo.environment["TALLY_MUTANT"]
        settings.merge(environment) { _, new in new }
        process.environment = settings

        let name = "\(URL(filePath: program).lastPathComponent)-\(UUID().uuidString.prefix(8))"
        let outputFile = folder.appending(path: "\(name).out")
        let errorFile = folder.appending(path: "\(name).err")
        for file in [outputFile, errorFile] {
            try Data().write(to: file)
        }
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        process.standardInput =
            try input.map { try FileHandle(forReadingFrom: $0) }
            ?? FileHandle.nullDevice

        let shared = EndSignal()
        process.terminationHandler = { shared.processEnded(status: $0.terminationStatus) }
        try withSignalsUnblocked { try process.run() }
        let child = ChildProcess(
            processID: process.processIdentifier, outputFile: outputFile, errorFile: errorFile)
        shared.childMade(child)
        return child
    }

    /// A child inherits the mask of the thread that starts it, and the threads of Swift's tasks block
    /// nearly every signal: it would never notice SIGTERM.
    private static func withSignalsUnblocked(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    /// Runs `program` to its end.
    static func run(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
        input: URL? = nil, folder: URL
    ) async throws -> Output {
        let child = try start(
            program, arguments, environment: environment, input: input, folder: folder)
        let status = await child.end()
        return Output(
            status: status,
            standardOutput: try String(contentsOf: child.outputFile, encoding: .utf8),
            standardError: try String(contentsOf: child.errorFile, encoding: .utf8))
    }

    /// SIGKILL: the process gets no chance to finish anything.
    func kill() async {
        Foundation.kill(processID, SIGKILL)
        _ = await end()
    }

    /// SIGTERM, then waits.
    func terminate() async -> Int32 {
        askToEnd()
        return await end()
    }

    /// SIGTERM.
    func askToEnd() {
        Foundation.kill(processID, SIGTERM)
    }

    var hasEnded: Bool { state.withLock { $0.status != nil } }

    /// Waits for the end; the status, or the signal's number.
    func end() async -> Int32 {
        await withCheckedContinuation { continuation in
            let status = state.withLock { state -> Int32? in
                if state.status == nil { state.waiters.append(continuation) }
                return state.status
            }
            if let status { continuation.resume(returning: status) }
        }
    }

    fileprivate func ended(status: Int32) {
        let waiters = state.withLock { state in
            state.status = status
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume(returning: status) }
    }
}

/// Brings the end of a process and the object that stands for it together, whichever comes first.
private final class EndSignal: Sendable {
    private let state = Mutex<(status: Int32?, child: ChildProcess?)>((nil, nil))

    func processEnded(status: Int32) {
        let child = state.withLock { state in
            state.status = status
            return state.child
        }
        child?.ended(status: status)
    }

    func childMade(_ child: ChildProcess) {
        let status = state.withLock { state in
            state.child = child
            return state.status
        }
        if let status { child.ended(status: status) }
    }
}
