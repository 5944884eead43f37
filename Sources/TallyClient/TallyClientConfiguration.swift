/// Where the server is and how to speak to it.
public struct TallyClientConfiguration: Sendable {
    /// How the connection is protected.
    public enum Security: Sendable, Hashable {
        /// TLS; the server's certificate is verified against the authorities of `authorityFile`
        /// (PEM), or the system's where it is nil, and must name `serverName`, or the host of
        /// `address` where that is nil. `certificateFile` and `privateKeyFile` (PEM) are the
        /// client's own, for servers that ask.
        case tls(
            authorityFile: String? = nil, serverName: String? = nil,
            certificateFile: String? = nil, privateKeyFile: String? = nil)
        /// No protection; refused beyond loopback and Unix sockets.
        case plaintext
        /// No protection anywhere: others can read the token.
        case insecurePlaintext
    }

    /// `host:port`, `[address]:port` or `unix:/path`.
    public var address: String
    public var security: Security
    /// Sent as `authorization: Bearer <token>` with the connection's `Hello`; nil for none.
    public var token: String?
    /// Further metadata for every call, such as `tally-org`.
    public var metadata: [String: String] = [:]
    /// Name and version that the server sees.
    public var agent = "tally-swift"
    /// From the first packet to the connection. Default: 10 s.
    public var connectTimeout: Duration = .seconds(10)
    /// Deadline of a call that states none. Default: 60 s.
    public var callTimeout: Duration = .seconds(60)
    /// Silence of the server after which it gets a `Ping`. Default: 60 s.
    public var idleTimeout: Duration = .seconds(60)
    /// What the server may take to answer that `Ping`, or to send anything else; then its calls fail as
    /// UNAVAILABLE (`IDLE`) and the next one connects anew. Default: 20 s.
    public var pongTimeout: Duration = .seconds(20)
    /// Most connections at once. A further one is made where those before it have 100 calls under
    /// way each. Default: 4.
    public var connectionCountMax = 4
    /// Calls that may wait for room on a connection. Default: 10,000.
    public var waitingCallCountMax = 10_000
    /// How often a call is repeated that may be. Default: 4.
    public var retryCountMax = 4
    /// Wait before the first repetition; it doubles each time and half of it is random. Default:
    /// 100 ms.
    public var retryDelay: Duration = .milliseconds(100)
    /// Longest wait before a repetition. Default: 5 s.
    public var retryDelayMax: Duration = .seconds(5)

    public init(address: String, security: Security, token: String? = nil) {
        self.address = address
        self.security = security
        self.token = token
    }
}

/// What may be said about one call.
public struct CallOptions: Sendable {
    /// Time until the call fails as DEADLINE_EXCEEDED, repetitions included; nil for the client's
    /// default, which streams do not have: they may go on for ever.
    public var timeout: Duration?
    /// Metadata of this call; replaces the connection's of the same key.
    public var metadata: [String: String]
    /// Whether the call may be sent again although the server may have carried it out. Methods that
    /// the contract declares so need not be told.
    public var isIdempotent: Bool
    /// Makes a call that changes something safe to repeat for 24 hours: 1 to 255 characters that
    /// this change alone has, such as a UUID. With one, the client repeats the call by itself where
    /// its fate is unknown.
    public var idempotencyKey: String?

    public init(
        timeout: Duration? = nil, metadata: [String: String] = [:], isIdempotent: Bool = false,
        idempotencyKey: String? = nil
    ) {
        self.timeout = timeout
        self.metadata = metadata
        self.isIdempotent = isIdempotent
        self.idempotencyKey = idempotencyKey
    }
}
