import CMalloc
import Foundation
import Logging
import RPC
import TLS
import Wire

/// A server for `rpc_attacks.py` to attack, in a process of its own, so that its memory and its
/// descriptors are all its own.
///
/// Settings come as `name=value`. It prints its address, gives memory back to the system and says
/// what it still uses for each line of its input, and stops at the end of it.
@main
struct AttackedServerMain {
    static func main() async throws {
        HeapMemory.keepForMessages()
        let settings = try Settings(CommandLine.arguments.dropFirst())
        var logger = Logger(label: "attacked-server")
        logger.logLevel = .critical
        let server = RPCServer(
            configuration: try settings.configuration(), router: router(), logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await server.run() }
            tasks.addTask {
                guard let address = await server.boundAddress() else { return }
                say(address)
                for await _ in inputLines() {
                    HeapMemory.release()
                    say("\(allocatedByteCount())")
                }
            }
            // The input has ended, or the server could not start.
            try await tasks.next()
            tasks.cancelAll()
            try await tasks.waitForAll()
        }
    }

    /// What is allocated, wherever its pages are. What was freed does not count, which resident pages
    /// do not tell: one block that lives keeps the page around it.
    private static func allocatedByteCount() -> Int {
        let memory = mallinfo2()
        return Int(memory.uordblks + memory.hblkhd)
    }

    private static func say(_ line: String) {
        FileHandle.standardOutput.write(Data("\(line)\n".utf8))
    }

    /// Reading blocks, so it has a thread of its own.
    private static func inputLines() -> AsyncStream<String> {
        AsyncStream { continuation in
            Thread.detachNewThread {
                while let line = readLine() {
                    continuation.yield(line)
                }
                continuation.finish()
            }
        }
    }

    private static func router() -> RPCRouter {
        var router = RPCRouter()
        router.intercept(DeafInterceptor())
        router.register(Echo.self) { request, _ in request }
        router.register(Deaf.self) { request, _ in request }
        router.registerServerStreaming(Flood.self) { _, writer, _ in
            let message = RawMessage([UInt8](repeating: 1, count: 64 * 1024))
            while true {
                try await writer.send(message)
            }
        }
        router.registerClientStreaming(Hold.self) { _, _ in
            // Reads nothing, until the call is cancelled; sleeping would take a descriptor for its
            // clock.
            let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
            for await _ in stream {}
            continuation.finish()
            throw CancellationError()
        }
        return router
    }
}

private struct Settings {
    private struct Invalid: Error { let text: String }

    private var values: [String: String] = [:]

    init(_ arguments: ArraySlice<String>) throws {
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw Invalid(text: argument) }
            values[parts[0]] = parts[1]
        }
    }

    private func milliseconds(_ name: String, _ duration: inout Duration) throws {
        guard let text = values[name] else { return }
        guard let number = Int64(text) else { throw Invalid(text: text) }
        duration = .milliseconds(number)
    }

    func configuration() throws -> RPCServerConfiguration {
        var configuration = RPCServerConfiguration(address: .tcp(host: "127.0.0.1", port: 0))
        try milliseconds("hello", &configuration.limits.helloTimeout)
        try milliseconds("frame", &configuration.limits.frameTimeout)
        try milliseconds("idle", &configuration.limits.idleTimeout)
        try milliseconds("pong", &configuration.limits.pongTimeout)
        if let text = values["partial"] {
            guard let number = Int(text) else { throw Invalid(text: text) }
            configuration.limits.partialFrameByteCountMax = number
        }
        configuration.limits.connectionCountMax = 20_000
        configuration.limits.connectionCountPerAddressMax = 20_000
        if let certificate = values["certificate"], let key = values["key"] {
            configuration.tls = try TLSContextSource(
                files: TLSServerFiles(certificateFile: certificate, privateKeyFile: key),
                protocolName: RPCServer.protocolName)
        }
        return configuration
    }
}

/// Any bytes.
private struct RawMessage: WireMessage {
    static let messageName = "tally.test.Raw"

    var bytes: [UInt8] = []

    init() {}

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    init(serialized bytes: UnsafeRawBufferPointer, in arena: MessageArena) {
        self.bytes = [UInt8](bytes)
    }

    func packed(in arena: MessageArena) -> PackedMessage { PackedMessage(bytes: bytes) }
}

private enum Echo: RPCMethod {
    typealias Request = RawMessage
    typealias Response = RawMessage
    static let name = "test/Echo"
    static let kind = CallKind.unary
}

private enum Deaf: RPCMethod {
    typealias Request = RawMessage
    typealias Response = RawMessage
    static let name = "test/Deaf"
    static let kind = CallKind.unary
}

/// Holds up a call before its request is read, and goes on holding it when the call is cancelled, as one
/// does that waits for what others wait for too.
private struct DeafInterceptor: RPCInterceptor {
    func admit(_ context: inout RPCContext) -> RPCAdmission {
        context.method == Deaf.name ? .wait : .proceed
    }

    func intercept(
        _ context: RPCContext, next: (RPCContext) async throws -> RPCResponse
    ) async throws -> RPCResponse {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().asyncAfter(deadline: .now() + 3) { continuation.resume() }
        }
        return try await next(context)
    }
}

private enum Flood: RPCMethod {
    typealias Request = RawMessage
    typealias Response = RawMessage
    static let name = "test/Flood"
    static let kind = CallKind.serverStreaming
}

private enum Hold: RPCMethod {
    typealias Request = RawMessage
    typealias Response = RawMessage
    static let name = "test/Hold"
    static let kind = CallKind.clientStreaming
}
