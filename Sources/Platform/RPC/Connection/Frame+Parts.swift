import Core
import Wire

extension Frame {
    /// A `Window` for a stream, or for the connection on stream 0.
    static func window(streamID: UInt32, _ byteCount: UInt32) -> Frame {
        Frame(streamID: streamID, kind: .window(Window(bytes: byteCount)))
    }
}

extension Close {
    /// Ends a call with an error.
    static func failure(
        _ code: ServiceError.Code, _ reason: ServiceError.Reason, _ message: String
    ) -> Close {
        Close(
            status: Status(
                code: code.rawValue, message: message,
                details: [ErrorDetail(reason: reason.rawValue, description: message)]))
    }

    /// Ends a call with a response and nothing else.
    static func success(_ message: [UInt8]) -> Close {
        .success(RPCResponse(message: message))
    }

    /// Ends a call with its response.
    static func success(_ response: RPCResponse) -> Close {
        Close(
            status: Status(code: 0), message: response.message ?? [],
            hasMessage: response.message != nil,
            trailers: response.trailers.map { Metadata(key: $0.key, value: $0.value) })
    }
}
