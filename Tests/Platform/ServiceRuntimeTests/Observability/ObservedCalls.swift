import API
import Core
import Logging
import RPC
import ServiceRuntime
import Synchronization
import Wire

/// A router of one method behind the interceptors under test; no database, no token.
struct ObservedCalls: Sendable {
    typealias Check = HealthServiceMethods.Check

    private let router: RPCRouter

    init(
        _ interceptors: [any RPCInterceptor],
        handler: @escaping @Sendable (RPCContext) async throws -> Void = { _ in }
    ) {
        var router = RPCRouter()
        for interceptor in interceptors { router.intercept(interceptor) }
        router.register(Check.self) { _, context in
            try await handler(context)
            return CheckResponse(status: .serving, detail: "twelve bytes")
        }
        self.router = router
    }

    /// Makes one call; how it ends is for the interceptors to see.
    func call(
        _ method: String = Check.name, metadata: [String: String] = [:], message: [UInt8] = [],
        cancellation: ServiceError.Code? = nil
    ) async throws {
        let entries = metadata.map { CallMetadata.Entry(key: $0.key, value: Array($0.value.utf8)) }
        let context = RPCContext(
            method: method, kind: router.kind(of: method),
            request: RPCRequest(message: message),
            metadata: try CallMetadata(hello: [], open: entries),
            peer: RPCPeer(address: "192.0.2.7"), cancellation: cancellation,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        _ = try? await router.respond(to: context)
    }
}

/// Fails on purpose.
struct Fault: Error {}

/// Keeps what it is told.
final class KeptRecords: AccessLog {
    private let kept = Mutex<[AccessRecord]>([])

    var all: [AccessRecord] { kept.withLock { $0 } }

    func callEnded(_ record: AccessRecord) {
        kept.withLock { $0.append(record) }
    }
}
