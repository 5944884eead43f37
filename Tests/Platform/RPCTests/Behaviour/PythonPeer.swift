import Foundation
import Synchronization
import TestSupport
import Wire

/// The Python client in a process of its own, driven by `rpc_peer.py`.
final class PythonPeer: BehaviourPeer {
    private struct State {
        var lastID = 0
        var waiters: [Int: CheckedContinuation<PeerOutcome, any Error>] = [:]
        var hasEnded = false
    }

    private let input: FileHandle
    /// Writes one command at a time, and blocks no task where the process is slow to read.
    private let writing = DispatchQueue(label: "rpc_peer.py")
    private let state = Mutex(State())

    /// Starts the process; its errors go to the standard error of the tests.
    static func start(_ options: PeerOptions) async throws -> PythonPeer {
        let process = Process()
        // The system's, which sees the package python3-protobuf.
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [ProjectFolder.root + "/Tests/TestSupport/Fixtures/rpc_peer.py"]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        let peer = PythonPeer(input: input.fileHandleForWriting)
        let replies = output.fileHandleForReading
        Thread.detachNewThread { peer.readReplies(replies) }
        _ = try await peer.ask(PythonCommand(connect: options))
        return peer
    }

    private init(input: FileHandle) {
        self.input = input
    }

    func call(_ call: PeerCall) async throws -> PeerOutcome {
        try await ask(PythonCommand(call: call))
    }

    private func nextID() -> Int {
        state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
    }

    func begin(_ call: PeerCall) async throws -> any PeerCallUnderWay {
        let id = nextID()
        let outcome = Task { try await self.ask(PythonCommand(id: id, begin: call)) }
        return UnderWay(peer: self, id: id, task: outcome)
    }

    func open(_ call: PeerCall) async throws -> any PeerStream {
        let id = nextID()
        let outcome = try await ask(PythonCommand(id: id, open: call))
        guard outcome.code == 0 else { throw PythonPeerError(text: outcome.message) }
        return Stream(peer: self, id: id)
    }

    func call(_ method: TypedMethod) async throws -> PeerOutcome {
        try await ask(PythonCommand(typed: method.name, requestName: method.requestName))
    }

    /// The process ends its client and itself, which it does not answer.
    func close() async {
        _ = try? await ask(PythonCommand(closes: true))
    }

    private struct UnderWay: PeerCallUnderWay {
        let peer: PythonPeer
        let id: Int
        let task: Task<PeerOutcome, any Error>

        func cancel() async throws {
            _ = try await peer.ask(PythonCommand(cancel: id))
        }

        func outcome() async throws -> PeerOutcome {
            try await task.value
        }
    }

    private struct Stream: PeerStream {
        let peer: PythonPeer
        let id: Int

        func send(_ text: String) async throws {
            let message = Data(TextMessage(text).serialized())
            _ = try await peer.ask(PythonCommand(send: id, message: message))
        }

        func halfClose() async throws {
            _ = try await peer.ask(PythonCommand(halfClose: id))
        }

        func next() async throws -> PeerOutcome {
            try await peer.ask(PythonCommand(next: id))
        }

        func cancel() async throws {
            _ = try await peer.ask(PythonCommand(cancel: id))
        }
    }

    // MARK: Commands and replies

    private func ask(_ command: PythonCommand) async throws -> PeerOutcome {
        try await withCheckedThrowingContinuation { continuation in
            var command = command
            if command.id == 0 {
                command.id = nextID()
            }
            let isSendable = state.withLock { state in
                guard !state.hasEnded else { return false }
                state.waiters[command.id] = continuation
                return true
            }
            guard isSendable else {
                continuation.resume(throwing: PythonPeerError(text: "The process has ended."))
                return
            }
            writing.async { [command] in
                do {
                    let json = try JSONEncoder().encode(command)
                    let length = withUnsafeBytes(of: UInt32(json.count).bigEndian) { Data($0) }
                    try self.input.write(contentsOf: length + json)
                } catch {
                    let waiter = self.state.withLock { $0.waiters.removeValue(forKey: command.id) }
                    waiter?.resume(throwing: error)
                }
            }
        }
    }

    /// Hands each reply to the one who waits for it, until the process ends.
    private func readReplies(_ output: FileHandle) {
        while let length = read(4, from: output),
            let json = read(length.reduce(0) { $0 << 8 | Int($1) }, from: output),
            let reply = try? JSONDecoder().decode(PythonReply.self, from: json)
        {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: reply.id) }
            waiter?.resume(returning: reply.outcome)
        }
        let waiters = state.withLock { state in
            state.hasEnded = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiters.values {
            waiter.resume(throwing: PythonPeerError(text: "The process has ended."))
        }
    }

    private func read(_ count: Int, from output: FileHandle) -> Data? {
        var bytes = Data()
        while bytes.count < count {
            guard let piece = try? output.read(upToCount: count - bytes.count), !piece.isEmpty
            else { return nil }
            bytes += piece
        }
        return bytes
    }
}

/// One command: exactly one of its fields beside `id`, `message` and `requestName` is set.
private struct PythonCommand: Encodable {
    var id = 0
    var connect: PeerOptions?
    var call: PeerCall?
    var begin: PeerCall?
    var open: PeerCall?
    var next: Int?
    var send: Int?
    var message: Data?
    var halfClose: Int?
    var cancel: Int?
    var typed: String?
    var requestName: String?
    var closes: Bool?
}

private struct PythonReply: Decodable {
    let id: Int
    let outcome: PeerOutcome
}

private struct PythonPeerError: Error {
    let text: String
}
