import Wire

/// What a peer's `Hello` announced, with the defaults where it announced less (rule 1).
struct PeerSettings: Sendable, Hashable {
    private(set) var frameByteCountMax = RPCDefaults.frameByteCountMax
    private(set) var streamCountMax = RPCDefaults.streamCountMax
    private(set) var streamWindow = RPCDefaults.streamWindow

    /// Until the `Hello` has arrived.
    init() {}

    /// "announced values may only be higher (a lower one counts as the default)"
    init(hello: Hello) {
        frameByteCountMax = max(frameByteCountMax, hello.maxFrameBytes)
        streamCountMax = max(streamCountMax, hello.maxStreams)
        // A window of more than 2^31−1 could never be credited (rule 5).
        streamWindow = min(max(streamWindow, hello.initialWindowBytes), UInt32(Int32.max))
    }
}
