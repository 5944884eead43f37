import CFrame
import CProtobufC

extension Frame {
    /// Reads a frame that is well formed but for a string in it, which is not UTF-8 or holds a
    /// zero byte. Nil where more than that is wrong with it.
    ///
    /// The call that the string belongs to must still be told (rule 12: "Strings that are not UTF-8
    /// are INVALID_ARGUMENT"), so the strings of an `Open` or `Hello` are mended and its metadata
    /// gets an entry that no check lets pass.
    init?(repairing bytes: UnsafeRawBufferPointer) {
        let arena = MessageArena()
        guard
            let raw = try? arena.unpack(
                bytes, as: Tally__Rpc__V1__Frame.self, descriptor: Self.descriptor,
                messageName: Self.messageName)
        else { return nil }
        // All of it here: nothing of `raw` may be read once the arena may be gone.
        let frame: Frame? = withExtendedLifetime(arena) {
            let kind: Kind? =
                switch raw.pointee.kind_case {
                case TALLY__RPC__V1__FRAME__KIND_HELLO:
                    raw.pointee.hello.map { .hello(Hello(repairing: $0.pointee)) }
                case TALLY__RPC__V1__FRAME__KIND_OPEN:
                    raw.pointee.open.map { .open(Open(repairing: $0.pointee)) }
                case TALLY__RPC__V1__FRAME__KIND_CLOSE:
                    raw.pointee.close.map { .close(Close(repairing: $0.pointee)) }
                case TALLY__RPC__V1__FRAME__KIND_GO_AWAY:
                    raw.pointee.go_away.map { .goAway(GoAway(repairing: $0.pointee)) }
                default:
                    // No other kind has strings.
                    nil
                }
            return kind.map { Frame(streamID: raw.pointee.stream_id, kind: $0) }
        }
        guard let frame else { return nil }
        self = frame
    }
}

extension Metadata {
    /// No key of rule 11 is empty.
    fileprivate static let invalid = Metadata(key: "", value: [])
}

extension Hello {
    fileprivate init(repairing raw: Tally__Rpc__V1__Hello) {
        self.init(
            version: raw.version, maxFrameBytes: raw.max_frame_bytes, maxStreams: raw.max_streams,
            initialWindowBytes: raw.initial_window_bytes, agent: repaired(raw.agent),
            metadata: [.invalid])
    }
}

extension Open {
    fileprivate init(repairing raw: Tally__Rpc__V1__Open) {
        self.init(
            method: repaired(raw.method), timeoutMs: raw.timeout_ms, metadata: [.invalid],
            message: MessageArena.bytes(raw.message), hasMessage: raw.has_message != 0,
            halfClose: raw.half_close != 0)
    }
}

extension Close {
    /// An error's texts are for people, and a mended one is better than none; details and trailers
    /// are for programs, and are dropped.
    fileprivate init(repairing raw: Tally__Rpc__V1__Close) {
        self.init(
            status: raw.status.map {
                Status(code: $0.pointee.code, message: repaired($0.pointee.message))
            },
            message: MessageArena.bytes(raw.message), hasMessage: raw.has_message != 0)
    }
}

extension GoAway {
    fileprivate init(repairing raw: Tally__Rpc__V1__GoAway) {
        self.init(
            lastStreamID: raw.last_stream_id, reason: repaired(raw.reason),
            message: repaired(raw.message))
    }
}

/// The text with U+FFFD for what is not UTF-8.
private func repaired(_ text: UnsafePointer<CChar>?) -> String {
    text.map { String(cString: $0) } ?? ""
}
