import API
import Foundation
import Testing
import Wire

/// A client of the protocol, as the behaviours of `Behaviour` drive it.
protocol BehaviourPeer: Sendable {
    /// Calls a unary method through the client's simplest interface.
    func call(_ call: PeerCall) async throws -> PeerOutcome
    /// Begins a call that the test may cancel, and returns while it is under way.
    func begin(_ call: PeerCall) async throws -> any PeerCallUnderWay
    /// Begins a call whose messages the test sends and reads one by one.
    func open(_ call: PeerCall) async throws -> any PeerStream
    /// Calls a method of the services with an empty request of the client's own types.
    func call(_ method: TypedMethod) async throws -> PeerOutcome
    /// Ends the client's connections.
    func close() async
}

extension BehaviourPeer {
    /// Calls, and expects a text, or number and reason of an error: `PeerOutcome.summary`.
    func expect(
        _ call: PeerCall, _ summary: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let outcome = try await self.call(call)
        #expect(outcome.summary == summary, sourceLocation: sourceLocation)
    }
}

/// A call that a peer has begun.
protocol PeerCallUnderWay: Sendable {
    func cancel() async throws
    /// Waits for the end.
    func outcome() async throws -> PeerOutcome
}

/// A call whose messages a test sends and reads one by one.
protocol PeerStream: Sendable {
    func send(_ text: String) async throws
    func halfClose() async throws
    /// The next response; the end is an outcome without a message.
    func next() async throws -> PeerOutcome
    func cancel() async throws
}

extension PeerStream {
    /// The texts up to the end, and how that was.
    func rest() async throws -> (texts: [String], end: PeerOutcome) {
        var texts: [String] = []
        while true {
            let outcome = try await next()
            guard let text = outcome.text else { return (texts, outcome) }
            texts.append(text)
        }
    }
}

/// How a peer reaches the server; the names are those of the Python client's driver.
struct PeerOptions: Codable, Sendable {
    /// `host:port` or `unix:/path`.
    let address: String
    var isPlaintext = true
    var authorityFile: String?
    var certificateFile: String?
    var privateKeyFile: String?
    var serverName: String?
    var token: String?
    var metadata: [String: String] = [:]
    /// How often a call is tried in all where it may be repeated.
    var attemptCount = 3
    /// Silence after which the server is pinged, and what it may take to answer; nil for the client's
    /// defaults.
    var idleTimeoutMilliseconds: Int?
    var pongTimeoutMilliseconds: Int?
}

/// Methods that the contract declares differently; each is of another idempotency level.
enum TypedMethod: CaseIterable, Sendable {
    /// `NO_SIDE_EFFECTS`.
    case check
    /// `IDEMPOTENT`.
    case ingestEvents
    /// Neither.
    case createMember

    var name: String {
        switch self {
        case .check: HealthServiceMethods.Check.name
        case .ingestEvents: IngestionServiceMethods.IngestEvents.name
        case .createMember: TenantServiceMethods.CreateMember.name
        }
    }

    var requestName: String {
        switch self {
        case .check: CheckRequest.messageName
        case .ingestEvents: IngestEventsRequest.messageName
        case .createMember: CreateMemberRequest.messageName
        }
    }
}

/// One call; the names are those of the Python client's driver.
struct PeerCall: Codable, Sendable {
    let method: String
    /// The serialized request.
    var request: Data
    var timeoutMilliseconds: Int?
    var metadata: [String: String] = [:]
    var idempotencyKey: String?
    /// Whether requests follow by `PeerStream.send`; `request` is not sent then.
    var streamsRequests = false

    init(_ method: String, _ text: String = "") {
        self.method = method
        request = Data(TextMessage(text).serialized())
    }
}

/// How a call ended; the names are those of the Python client's driver.
struct PeerOutcome: Codable, Sendable, Equatable {
    /// Serialized responses.
    var messages: [Data] = []
    /// 0 for a call that ended well.
    var code: Int32 = 0
    var reason = ""
    var field = ""
    var message = ""
    var retryAfterMilliseconds = 0

    /// The text of the only response; nil where there is none, or more.
    var text: String? {
        guard messages.count == 1, let message = messages.first else { return nil }
        return try? message.withUnsafeBytes { try TextMessage(serialized: $0).text }
    }

    /// Number and reason, such as `4 DEADLINE_EXCEEDED`; the text of a call that ended well.
    var summary: String {
        code == 0 ? text ?? "\(messages.count) messages" : "\(code) \(reason)"
    }
}

/// The clients that must behave alike.
enum PeerKind: String, CaseIterable, Sendable {
    /// `TallyClient`.
    case swift
    /// `proto/python/tally_rpc.py`, in a process of its own.
    case python

    /// Runs `body` with a client and ends the client afterwards.
    func use<Result: Sendable>(
        _ options: PeerOptions, _ body: (any BehaviourPeer) async throws -> Result
    ) async throws -> Result {
        let peer: any BehaviourPeer =
            switch self {
            case .swift: SwiftPeer(options)
            case .python: try await PythonPeer.start(options)
            }
        do {
            let result = try await body(peer)
            await peer.close()
            return result
        } catch {
            await peer.close()
            throw error
        }
    }
}
