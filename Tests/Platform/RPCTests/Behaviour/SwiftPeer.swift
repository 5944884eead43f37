import API
import Foundation
import TallyClient
import Wire

/// `TallyClient` as a peer of the behaviours.
struct SwiftPeer: BehaviourPeer {
    private let client: Client

    init(_ options: PeerOptions) {
        let security: TallyClientConfiguration.Security =
            options.isPlaintext
            ? .plaintext
            : .tls(
                authorityFile: options.authorityFile, serverName: options.serverName,
                certificateFile: options.certificateFile, privateKeyFile: options.privateKeyFile)
        var configuration = TallyClientConfiguration(
            address: options.address, security: security, token: options.token)
        configuration.metadata = options.metadata
        configuration.retryCountMax = options.attemptCount - 1
        if let idleTimeout = options.idleTimeoutMilliseconds {
            configuration.idleTimeout = .milliseconds(idleTimeout)
        }
        if let pongTimeout = options.pongTimeoutMilliseconds {
            configuration.pongTimeout = .milliseconds(pongTimeout)
        }
        // One, so that calls meet on it.
        configuration.connectionCountMax = 1
        client = Client(configuration: configuration)
    }

    func call(_ call: PeerCall) async throws -> PeerOutcome {
        do {
            let response = try await client.callRaw(
                method: call.method, bytes: Array(call.request), options: CallOptions(call))
            return PeerOutcome(messages: [Data(response)])
        } catch let error as TallyError {
            return PeerOutcome(error)
        }
    }

    func begin(_ call: PeerCall) async throws -> any PeerCallUnderWay {
        UnderWay(task: Task { try await self.call(call) })
    }

    func open(_ call: PeerCall) async throws -> any PeerStream {
        SwiftStream(client: client, call: call)
    }

    func call(_ method: TypedMethod) async throws -> PeerOutcome {
        switch method {
        case .check: try await call(HealthServiceMethods.Check.self, CheckRequest())
        case .ingestEvents:
            try await call(IngestionServiceMethods.IngestEvents.self, IngestEventsRequest())
        case .createMember:
            try await call(TenantServiceMethods.CreateMember.self, CreateMemberRequest())
        }
    }

    private func call<Method: RPCMethod>(
        _ method: Method.Type, _ request: Method.Request
    ) async throws -> PeerOutcome {
        do {
            let response = try await client.call(method, request)
            return PeerOutcome(messages: [Data(response.serialized())])
        } catch let error as TallyError {
            return PeerOutcome(error)
        }
    }

    func close() async {
        await client.close()
    }

    private struct UnderWay: PeerCallUnderWay {
        let task: Task<PeerOutcome, any Error>

        func cancel() async throws {
            task.cancel()
        }

        func outcome() async throws -> PeerOutcome {
            try await task.value
        }
    }
}

extension CallOptions {
    init(_ call: PeerCall) {
        self.init(
            timeout: call.timeoutMilliseconds.map { .milliseconds($0) }, metadata: call.metadata,
            idempotencyKey: call.idempotencyKey)
    }
}

extension PeerOutcome {
    init(_ error: TallyError) {
        self.init(
            code: error.code.rawValue, reason: error.reason, field: error.field ?? "",
            message: error.message,
            retryAfterMilliseconds: Int((error.retryAfter ?? .zero) / .milliseconds(1)))
    }
}
